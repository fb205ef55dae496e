package dev.heddle.it.contract;

import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.quota.Consumption;
import dev.heddle.app.quota.QuotaHeaders;
import dev.heddle.app.tenant.Access;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import org.springframework.http.HttpEntity;
import org.springframework.web.bind.annotation.RequestBody;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** One operation of the document after the other: what all have in common is added here. */
final class Operations {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What an answer is said to be that has nothing but headers. */
  static final String NO_BODY = "No body.";

  private static final String PROBLEM = "application/problem+json";

  /** Path parameters that are names by the rule for names. */
  private static final Set<String> NAMES = Set.of("name", "adapter", "alias", "tenant", "grantee");

  private static final Pattern PATH_PARAMETER = Pattern.compile("\\{([a-z]+)}");

  private final RecordSchemas schemas;
  private final Javadocs javadocs;
  private final Map<String, Method> ids = new HashMap<>();
  private final Map<String, ObjectNode> errors = new TreeMap<>();

  Operations(RecordSchemas schemas, Javadocs javadocs) {
    this.schemas = schemas;
    this.javadocs = javadocs;
  }

  /** The responses that operations refer to, by name. */
  Map<String, ObjectNode> errors() {
    return errors;
  }

  /** Completes a path of the OpenAI surface, which is written by hand. */
  ObjectNode inference(String path, ObjectNode item) {
    for (Map.Entry<String, JsonNode> entry : item.properties()) {
      ObjectNode operation = (ObjectNode) entry.getValue();
      boolean writes = entry.getKey().equals("post");
      Set<Integer> statuses = new TreeSet<>(Set.of(400, 401, 403, 500, 503));
      statuses.addAll(writes ? Set.of(404, 413, 415, 429) : Set.of());
      if (path.contains("{")) {
        statuses.add(404);
      }
      if (operation.at("/responses/200/content").has("text/event-stream")) {
        addRateLimits(operation.withObject("/responses/200/headers"));
      }
      boolean anthropic = path.startsWith("/v1/messages");
      String error = anthropic ? "AnthropicError" : "OpenAiError";
      addErrors(operation, statuses, "application/json", error);
      addScopes(new Access(Scope.INFERENCE, false), operation);
    }
    return item;
  }

  /** Completes a path of management. */
  ObjectNode management(String path, ObjectNode item) {
    for (Map.Entry<String, JsonNode> entry : item.properties()) {
      complete(path, entry.getKey(), (ObjectNode) entry.getValue());
    }
    return item;
  }

  private void complete(String path, String method, ObjectNode operation) {
    Method handler = handler(operation.remove(DerivedDocument.HANDLER).stringValue());
    operation.put("operationId", id(path, handler));
    describe(operation, javadocs.of(handler.getDeclaringClass(), handler.getName()));
    addPathParameters(path, operation.withArray("parameters"));
    operation.withArray("parameters").forEach(parameter -> fixParameter((ObjectNode) parameter));
    Access access = Objects.requireNonNull(Access.stated(handler), "has an annotation");
    addHeaders(access, method, operation);
    setBody(operation, handler);
    setSuccess(operation, handler);
    Set<Integer> statuses = new TreeSet<>(Set.of(400, 401, 403, 406, 500, 503));
    if (path.contains("{")) {
      statuses.add(404);
    }
    if (!method.equals("get") && !method.equals("head") && !method.equals("options")) {
      statuses.add(409);
    }
    if (operation.has("requestBody")) {
      statuses.addAll(Set.of(413, 415));
    }
    if (has(operation, "If-Match")) {
      statuses.add(412);
    }
    addErrors(operation, statuses, PROBLEM, "Problem");
    addScopes(access, operation);
  }

  private static Method handler(String id) {
    String[] parts = id.split("#");
    try {
      return Arrays.stream(Class.forName(parts[0]).getDeclaredMethods())
          .filter(method -> method.getName().equals(parts[1]))
          .findFirst()
          .orElseThrow();
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private String id(String path, Method handler) {
    String type = handler.getDeclaringClass().getSimpleName().replaceFirst("Controller$", "");
    String name = handler.getName();
    String id =
        type.substring(0, 1).toLowerCase(java.util.Locale.ROOT)
            + type.substring(1)
            + name.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
            + name.substring(1);
    Method other = ids.putIfAbsent(id, handler);
    if (other != null && !other.equals(handler)) {
      throw new IllegalArgumentException(
          "two handlers would have the id " + id + ": let their methods have different names");
    }
    if (other != null) { // the same at another path
      return id + (path.endsWith("}") ? "OfOne" : "Elsewhere");
    }
    return id;
  }

  private static void describe(ObjectNode operation, Javadocs.Comment comment) {
    if (!operation.has("summary") && !comment.summary().isEmpty()) {
      operation.put("summary", comment.summary());
      if (!comment.rest().isEmpty()) {
        operation.put("description", comment.rest());
      }
    }
  }

  /** Those that the path has and the handler does not ask for. */
  private static void addPathParameters(String path, ArrayNode parameters) {
    Set<String> declared =
        parameters
            .valueStream()
            .map(parameter -> parameter.path("name").stringValue())
            .collect(Collectors.toSet());
    Matcher matcher = PATH_PARAMETER.matcher(path);
    while (matcher.find()) {
      if (declared.add(matcher.group(1))) {
        ObjectNode parameter = parameters.addObject().put("name", matcher.group(1));
        parameter.put("in", "path").put("required", true);
        parameter
            .putObject("schema")
            .put("type", matcher.group(1).equals("number") ? "integer" : "string");
      }
    }
  }

  private static void fixParameter(ObjectNode parameter) {
    if (!parameter.path("in").asString("").equals("path")) {
      return;
    }
    String name = parameter.path("name").stringValue();
    if (NAMES.contains(name)) {
      parameter.putObject("schema").put("$ref", "#/components/schemas/Name");
    } else if (parameter.path("schema").path("type").asString("").equals("integer")) {
      ((ObjectNode) parameter.get("schema")).put("minimum", 1);
    }
  }

  private static void addHeaders(Access access, String method, ObjectNode operation) {
    ArrayNode parameters = operation.withArray("parameters");
    if (!access.open() && allowed(access).contains("adapters")) {
      reference(parameters, "ActFor");
    }
    if (method.equals("post")) {
      reference(parameters, "IdempotencyKey");
    }
    if (parameters.isEmpty()) {
      operation.remove("parameters");
    }
  }

  private static void reference(ArrayNode parameters, String name) {
    parameters.addObject().put("$ref", "#/components/parameters/" + name);
  }

  private static boolean has(ObjectNode operation, String parameter) {
    return operation
        .path("parameters")
        .valueStream()
        .anyMatch(p -> p.path("name").asString("").equals(parameter));
  }

  /**
   * The schema of a body that is, or is said to be, a record; others stay as springdoc has them.
   */
  private void setBody(ObjectNode operation, Method handler) {
    for (Content stated : handler.getAnnotation(Operation.class).requestBody().content()) {
      if (stated.schema().implementation().isRecord()) {
        ObjectNode schema = schemas.of(stated.schema().implementation());
        operation.withObject("/requestBody").set("content", content("application/json", schema));
      }
    }
    for (Parameter parameter : handler.getParameters()) {
      AnnotatedType type = unwrapped(parameter.getAnnotatedType());
      if (parameter.isAnnotationPresent(RequestBody.class)
          && RecordSchemas.raw(type.getType()).isRecord()) {
        ObjectNode body = operation.withObject("/requestBody");
        body.removeAll();
        boolean required = parameter.getAnnotation(RequestBody.class).required();
        body.put("required", required);
        body.set("content", content("application/json", schemas.of(type)));
      }
    }
  }

  private void setSuccess(ObjectNode operation, Method handler) {
    AnnotatedType type = unwrapped(handler.getAnnotatedReturnType());
    Class<?> raw = type.getType() instanceof Class<?> c ? c : RecordSchemas.raw(type.getType());
    for (Map.Entry<String, JsonNode> entry : operation.path("responses").properties()) {
      ObjectNode response = (ObjectNode) entry.getValue();
      if (raw == Void.class || raw == void.class) {
        response.put("description", NO_BODY);
      }
      if (raw.isRecord() && entry.getKey().startsWith("2")) {
        JsonNode table = response.path("content").path("text/csv");
        ObjectNode content = content("application/json", schemas.of(type));
        if (table.isObject()) {
          content.set("text/csv", table);
        }
        response.set("content", content);
      }
      if (entry.getKey().equals("201")) {
        response
            .putObject("headers")
            .putObject("Location")
            .put("$ref", "#/components/headers/Location");
      }
    }
  }

  /** What is in the answer, without what carries it. */
  private static AnnotatedType unwrapped(AnnotatedType type) {
    AnnotatedType inner = type;
    while (inner instanceof AnnotatedParameterizedType parameterized
        && (Publisher.class.isAssignableFrom(RecordSchemas.raw(inner.getType()))
            || HttpEntity.class.isAssignableFrom(RecordSchemas.raw(inner.getType())))) {
      inner = parameterized.getAnnotatedActualTypeArguments()[0];
    }
    return inner;
  }

  private static ObjectNode content(String mediaType, ObjectNode schema) {
    ObjectNode content = JSON.objectNode();
    content.putObject(mediaType).set("schema", schema);
    return content;
  }

  /** Refers to one shared response for each status, described by the codes it may have. */
  private void addErrors(
      ObjectNode operation, Set<Integer> statuses, String mediaType, String schema) {
    ObjectNode responses = operation.withObject("/responses");
    responses.propertyNames().stream()
        .map(Integer::parseInt)
        .filter(status -> status >= 400)
        .forEach(statuses::add);
    for (int status : statuses) {
      String name = schema + status;
      ObjectNode own = responses.withObject("/" + status);
      own.removeAll();
      own.put("$ref", "#/components/responses/" + name);
      errors.computeIfAbsent(name, key -> error(status, mediaType, schema));
    }
  }

  private static ObjectNode error(int status, String mediaType, String schema) {
    ObjectNode response = JSON.objectNode().put("description", description(status));
    if (status == 429 || status == 503) {
      addHeader(response.withObject("headers"), "Retry-After", "RetryAfter");
    }
    if (!schema.equals("Problem") && (status == 400 || status == 429)) {
      addHeader(response.withObject("headers"), QuotaHeaders.LIMIT, "LimitName");
      addRateLimits(response.withObject("headers"));
    }
    ObjectNode reference = JSON.objectNode().put("$ref", "#/components/schemas/" + schema);
    response.set("content", content(mediaType, reference));
    return response;
  }

  /** Those that the application sends where everything is limited. */
  private static void addRateLimits(ObjectNode headers) {
    Consumption.Rate rate = new Consumption.Rate(1, 1, Duration.ZERO);
    for (String name : QuotaHeaders.of(new Consumption(rate, rate, 0, 0)).keySet()) {
      String component =
          name.contains("-limit-")
              ? "RateLimit"
              : name.contains("-remaining-") ? "RateRemaining" : "RateReset";
      addHeader(headers, name, component);
    }
  }

  private static void addHeader(ObjectNode headers, String name, String component) {
    headers.putObject(name).put("$ref", "#/components/headers/" + component);
  }

  private static String description(int status) {
    String codes =
        Arrays.stream(ErrorCode.values())
            .filter(code -> code.status() == status)
            .map(code -> "`" + code.code() + "`")
            .sorted()
            .collect(Collectors.joining(", "));
    return codes.isEmpty() ? "Refused." : codes;
  }

  private static void addScopes(Access access, ObjectNode operation) {
    ArrayNode security = operation.putArray("security");
    if (access.open()) {
      return;
    }
    security.addObject().putArray("key");
    ArrayNode scopes = operation.putArray("x-heddle-scopes");
    allowed(access).forEach(scopes::add);
  }

  /** Scopes any one of which opens the handler. */
  private static Set<String> allowed(Access access) {
    Set<String> allowed = new TreeSet<>();
    for (Scope scope : Scope.values()) {
      UUID id = new UUID(0, 0);
      if (access.allows(new Principal(id, "any", id, "any", null, Set.of(scope)))) {
        allowed.add(scope.text());
      }
    }
    return allowed;
  }
}
