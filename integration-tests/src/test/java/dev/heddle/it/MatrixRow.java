package dev.heddle.it;

import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One operation of the document, with what it takes to call it for real. */
record MatrixRow(
    String method, String path, Set<String> scopes, boolean takesBody, JsonNode sample) {
  private static final Pattern PARAMETER = Pattern.compile("/([a-z]+)/\\{([a-z]+)}");

  /** Every operation of the document, deletions last, what only reads first. */
  static List<MatrixRow> all(JsonNode document, JsonNode samples) {
    return document.path("paths").properties().stream()
        .flatMap(path -> rows(path, samples))
        .sorted(java.util.Comparator.comparing(MatrixRow::rank))
        .toList();
  }

  private static Stream<MatrixRow> rows(Map.Entry<String, JsonNode> path, JsonNode samples) {
    return path.getValue().properties().stream()
        .map(operation ->
            new MatrixRow(
                operation.getKey(),
                path.getKey(),
                operation
                    .getValue()
                    .path("x-heddle-scopes")
                    .valueStream()
                    .map(JsonNode::stringValue)
                    .collect(Collectors.toSet()),
                operation.getValue().has("requestBody"),
                samples.path(operation.getKey() + " " + path.getKey())));
  }

  private int rank() {
    if (isInference()) {
      return 0; // while its model is there
    }
    return switch (method) {
      case "get", "head", "options" -> 0;
      case "delete" -> path.contains("uploads") || path.contains("grants") ? 2 : 3;
      default -> 1;
    };
  }

  boolean isOpen() {
    return scopes.isEmpty();
  }

  boolean isInference() {
    return scopes.equals(Set.of("inference"));
  }

  boolean isOperators() {
    return scopes.equals(Set.of("admin"));
  }

  /** The error that is the owner's right answer, empty where it has none. */
  String refusal() {
    return sample.path("owner").asString("");
  }

  /** Whether what it shows changes as others call the model. */
  boolean isRestless() {
    return sample.path("restless").asBoolean(false);
  }

  /** What is missing to call it, null if nothing is. */
  @Nullable String gap() {
    if (takesBody && !sample.has("body")) {
      return this + " takes a body: add a sample to isolation.json";
    }
    String filled = filled(new TenantWorld.Things("a", "b", "c", "d", "e", "f"));
    return filled.contains("{")
        ? this + ": teach MatrixRow.value what to put into " + filled
        : null;
  }

  /** The path with the things' names in it. */
  String filled(TenantWorld.Things things) {
    Matcher matcher = PARAMETER.matcher(path);
    return matcher.replaceAll(
        match -> "/" + match.group(1) + "/" + value(match.group(1), match.group(), things));
  }

  private String value(String collection, String whole, TenantWorld.Things things) {
    return switch (collection) {
      case "adapters" -> things.adapter();
      case "aliases" -> things.alias();
      case "versions" -> path.contains("/uploads") || method.equals("put") ? "2" : "1";
      case "files" -> "expert_cfg.json";
      case "uploads" -> things.upload();
      case "scorings" -> things.scoring();
      case "keys" -> things.key();
      case "grants" -> TenantWorld.GRANTED;
      case "tenants" ->
          things.adapter().startsWith("none") ? TenantWorld.NOBODY : TenantWorld.OWNER;
      case "models" -> TenantWorld.OWNER + "/" + things.adapter();
      default -> Matcher.quoteReplacement(whole);
    };
  }

  HttpResponse<String> send(
      @Nullable String key, TenantWorld.Things things, Map<String, String> more) {
    Map<String, String> headers = new HashMap<>(more);
    sample
        .path("headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().stringValue()));
    String body = sample.has("body") ? sample.path("body").toString() : "";
    return TenantWorld.send(
        key,
        method.toUpperCase(Locale.ROOT),
        filled(things),
        headers,
        body.replace("{adapter}", things.adapter())
            .replace("{demo}", PlatformFixture.DEMO.toString()));
  }

  /** States of a version whose import goes on while others are compared, and counts of them. */
  private static final Pattern IMPORTING =
      Pattern.compile("\"state\":\"(UPLOADING|VALIDATING|REJECTED)\"|\"versions\":\\{[^}]*}");

  /**
   * An answer in words that two answers are compared by: all of it but when it was given, the
   * request's id, a new session's secrets, and the names and ids that were asked for.
   */
  static String seen(HttpResponse<String> response, TenantWorld.Things asked) {
    Map<String, List<String>> headers = new TreeMap<>(response.headers().map());
    String body = IMPORTING.matcher(response.body()).replaceAll("STATE");
    if (response.statusCode() == 202 || !body.equals(response.body())) {
      headers.remove("content-length"); // how far an import is, is in the body
    }
    headers.keySet().removeAll(Set.of("date", "x-request-id"));
    headers.keySet().removeIf(name -> name.startsWith("x-ratelimit-"));
    return (response.statusCode() + "\n" + headers + "\n" + body)
        .replace(asked.adapter(), "ADAPTER")
        .replace(asked.alias(), "ALIAS")
        .replace(asked.key(), "KEY")
        .replace(asked.upload(), "UPLOAD")
        .replace(asked.scoring(), "SCORING")
        .replace(TenantWorld.NOBODY, TenantWorld.OWNER)
        .replaceAll("(files|bytes)(_total)?\":(null|[0-9]+)", "PROGRESS")
        .replaceAll("heddle_session=[^;]*; Max-Age=[0-9]+; Expires=[^;]*", "SESSION")
        .replaceAll("\"csrf_token\":\"[^\"]+\"", "TOKEN")
        .replaceAll("hdl_[0-9A-Za-z_]+", "KEY")
        .replaceAll("(/keys/|\"id\":\")[0-9A-Za-z]{12}\\b", "$1KEY")
        .replaceAll("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "TIME")
        .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID");
  }

  @Override
  public String toString() {
    return method.toUpperCase(Locale.ROOT) + " " + path;
  }
}
