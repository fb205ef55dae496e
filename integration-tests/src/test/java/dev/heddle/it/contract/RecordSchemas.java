package dev.heddle.it.contract;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.heddle.app.request.Fields;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON Schemas of records, as the application writes and reads them: names in snake case; answers
 * have all components, bodies may lack those that are {@code @Nullable}; texts are the records' doc
 * comments; {@code @Schema} at a component adds what its type does not say.
 */
final class RecordSchemas {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Javadocs javadocs;
  private final Map<String, ObjectNode> components = new TreeMap<>();
  private final Map<String, Type> owners = new HashMap<>();

  RecordSchemas(Javadocs javadocs) {
    this.javadocs = javadocs;
  }

  /** Every schema that was referred to, by name. */
  Map<String, ObjectNode> components() {
    return components;
  }

  /** The schema of a type, a reference where it is a record. */
  ObjectNode of(AnnotatedType type) {
    return schema(type, Map.of(), isBody(raw(type.getType())));
  }

  /** The schema of a record, a reference. */
  ObjectNode of(Class<?> type) {
    return of(new Unannotated(type));
  }

  static boolean isBody(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .anyMatch(method ->
            method.getName().equals("read")
                && Arrays.equals(method.getParameterTypes(), new Class<?>[] {Fields.class}));
  }

  private ObjectNode schema(
      AnnotatedType type, Map<TypeVariable<?>, AnnotatedType> bound, boolean body) {
    if (type.getType() instanceof TypeVariable<?> variable) {
      return schema(bound.get(variable), bound, body);
    }
    Class<?> raw = raw(type.getType());
    ObjectNode schema;
    if (Collection.class.isAssignableFrom(raw)) {
      schema = JSON.objectNode().put("type", "array");
      schema.set("items", schema(argument(type, 0), bound, body));
    } else if (Map.class.isAssignableFrom(raw)) {
      schema = JSON.objectNode().put("type", "object");
      schema.set("additionalProperties", schema(argument(type, 1), bound, body));
    } else if (raw.isRecord()) {
      schema = JSON.objectNode().put("$ref", "#/components/schemas/" + register(type, body));
    } else {
      schema = simple(raw);
    }
    return type.isAnnotationPresent(Nullable.class) ? nullable(schema) : schema;
  }

  private static ObjectNode simple(Class<?> type) {
    ObjectNode schema = JSON.objectNode();
    if (type.isEnum()) {
      ArrayNode values = schema.put("type", "string").putArray("enum");
      Arrays.stream(type.getEnumConstants()).map(RecordSchemas::written).forEach(values::add);
      return schema;
    }
    return switch (type.getName()) {
      case "java.lang.String" -> schema.put("type", "string");
      case "boolean", "java.lang.Boolean" -> schema.put("type", "boolean");
      case "int", "java.lang.Integer" -> schema.put("type", "integer").put("format", "int32");
      case "long", "java.lang.Long" -> schema.put("type", "integer").put("format", "int64");
      case "float", "java.lang.Float", "double", "java.lang.Double", "java.math.BigDecimal" ->
          schema.put("type", "number");
      case "java.time.Instant" -> schema.put("type", "string").put("format", "date-time");
      case "java.net.URI" -> schema.put("type", "string").put("format", "uri");
      case "java.util.UUID" -> schema.put("type", "string").put("format", "uuid");
      case "java.lang.Object",
          "tools.jackson.databind.JsonNode",
          "tools.jackson.databind.node.ObjectNode" ->
          schema;
      default -> throw new IllegalArgumentException("no schema for " + type);
    };
  }

  /** As the API has it: by {@code text()} where the type says so. */
  private static String written(Object constant) {
    try {
      return (String) constant.getClass().getMethod("text").invoke(constant);
    } catch (ReflectiveOperationException e) {
      return constant.toString();
    }
  }

  private static ObjectNode nullable(ObjectNode schema) {
    if (schema.has("$ref")) {
      ObjectNode either = JSON.objectNode();
      either.putArray("anyOf").add(schema).addObject().put("type", "null");
      return either;
    }
    String type = schema.path("type").asString("");
    if (!type.isEmpty()) {
      schema.putArray("type").add(type).add("null");
    }
    if (schema.get("enum") instanceof ArrayNode values) {
      values.addNull();
    }
    return schema;
  }

  /** Its name among the components. */
  private String register(AnnotatedType type, boolean body) {
    String name = name(type);
    Type owner = owners.putIfAbsent(name, type.getType());
    if (owner == null) {
      components.put(name, JSON.objectNode()); // before its parts, which may refer to it
      components.put(name, record(type, body));
    } else if (!owner.getTypeName().equals(type.getType().getTypeName())) {
      throw new IllegalArgumentException(
          owner + " and " + type.getType() + " would both be called " + name + " in the document");
    }
    return name;
  }

  private ObjectNode record(AnnotatedType type, boolean body) {
    ObjectNode schema = JSON.objectNode().put("type", "object");
    String text = javadocs.of(raw(type.getType())).whole();
    if (!text.isEmpty()) {
      schema.put("description", text);
    }
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = JSON.arrayNode();
    addProperties(type, body, properties, required);
    if (!required.isEmpty()) {
      schema.set("required", required);
    }
    return schema;
  }

  private void addProperties(
      AnnotatedType type, boolean body, ObjectNode properties, ArrayNode required) {
    Class<?> raw = raw(type.getType());
    Map<TypeVariable<?>, AnnotatedType> bound = bindings(type);
    Map<String, String> texts = javadocs.of(raw).params();
    for (RecordComponent component : raw.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        addProperties(component.getAnnotatedType(), body, properties, required);
        continue;
      }
      String name = snake(component.getName());
      ObjectNode property = schema(component.getAnnotatedType(), bound, body);
      String text = texts.getOrDefault(component.getName(), "");
      if (!text.isEmpty()) {
        property.put("description", text);
      }
      Schema more = component.getAccessor().getAnnotation(Schema.class);
      if (more != null) {
        add(more, property);
      }
      properties.set(name, property);
      boolean optional =
          component.getAnnotatedType().isAnnotationPresent(Nullable.class)
              || (more != null && more.requiredMode() == RequiredMode.NOT_REQUIRED);
      if (!body || !optional) {
        required.add(name);
      }
    }
  }

  private static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  private static void add(Schema more, ObjectNode property) {
    if (!more.description().isEmpty()) {
      property.put("description", more.description());
    }
    if (!more.pattern().isEmpty()) {
      property.put("pattern", more.pattern());
    }
    if (more.minLength() > 0) {
      property.put("minLength", more.minLength());
    }
    if (more.maxLength() < Integer.MAX_VALUE) {
      property.put("maxLength", more.maxLength());
    }
    if (!more.minimum().isEmpty()) {
      property.put("minimum", Long.parseLong(more.minimum()));
    }
    if (!more.maximum().isEmpty()) {
      property.put("maximum", Long.parseLong(more.maximum()));
    }
    if (!more.defaultValue().isEmpty()) {
      property.put("default", more.defaultValue());
    }
    if (more.allowableValues().length > 0) {
      ArrayNode values = property.putArray("enum");
      Arrays.stream(more.allowableValues()).forEach(values::add);
    }
    if (!more.example().isEmpty()) {
      property.putArray("examples").add(more.example());
    }
  }

  /** {@code AdapterView} is Adapter, {@code PageView<AdapterView>} AdapterPage. */
  private static String name(AnnotatedType type) {
    String name = "";
    for (Class<?> t = raw(type.getType()); t != null; t = t.getEnclosingClass()) {
      name = t.getSimpleName().replaceFirst("View$", "") + name;
    }
    if (type instanceof AnnotatedParameterizedType parameterized) {
      for (AnnotatedType argument : parameterized.getAnnotatedActualTypeArguments()) {
        name = name(argument) + name;
      }
    }
    return name;
  }

  private static Map<TypeVariable<?>, AnnotatedType> bindings(AnnotatedType type) {
    Map<TypeVariable<?>, AnnotatedType> bound = new HashMap<>();
    if (type instanceof AnnotatedParameterizedType parameterized) {
      TypeVariable<?>[] variables = raw(type.getType()).getTypeParameters();
      for (int i = 0; i < variables.length; i++) {
        bound.put(variables[i], parameterized.getAnnotatedActualTypeArguments()[i]);
      }
    }
    return bound;
  }

  private static AnnotatedType argument(AnnotatedType type, int index) {
    return ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[index];
  }

  static Class<?> raw(Type type) {
    return type instanceof ParameterizedType parameterized
        ? (Class<?>) parameterized.getRawType()
        : (Class<?>) type;
  }

  /** A type as such, where no declaration uses it. */
  private record Unannotated(Class<?> getType) implements AnnotatedType {
    @Override
    public <A extends Annotation> @Nullable A getAnnotation(Class<A> type) {
      return null;
    }

    @Override
    public Annotation[] getAnnotations() {
      return new Annotation[0];
    }

    @Override
    public Annotation[] getDeclaredAnnotations() {
      return new Annotation[0];
    }
  }
}
