package dev.heddle.structured;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The schemas in a schema, each with a number and a place, and the references between them. Number
 * 0 is {@code false}.
 */
final class SchemaSource {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final List<JsonNode> schemas = new ArrayList<>();
  private final List<String> pointers = new ArrayList<>();
  private final Map<String, Integer> byPointer = new HashMap<>();
  private final IdentityHashMap<JsonNode, Integer> byNode = new IdentityHashMap<>();
  private final IdentityHashMap<JsonNode, Integer> constants = new IdentityHashMap<>();

  SchemaSource() {
    enter(JSON.booleanNode(false), "");
  }

  /** Notes a schema and gives it its number. */
  int add(JsonNode schema, String pointer) {
    int number = enter(schema, pointer);
    byPointer.put(pointer, number);
    return number;
  }

  /** Another name that references may use. */
  void anchor(String name, int number) {
    byPointer.put(name, number);
  }

  private int enter(JsonNode schema, String pointer) {
    schemas.add(schema);
    pointers.add(pointer);
    byNode.put(schema, schemas.size() - 1);
    return schemas.size() - 1;
  }

  int size() {
    return schemas.size();
  }

  JsonNode schema(int number) {
    return schemas.get(number);
  }

  String pointer(int number) {
    return pointers.get(number);
  }

  /** The number of a schema that was noted. */
  int number(JsonNode schema) {
    Integer number = byNode.get(schema);
    if (number == null) {
      throw new IllegalStateException("not a schema: " + schema);
    }
    return number;
  }

  Conjunction conjunction(JsonNode schema, boolean negated) {
    if (schema.isBoolean()) {
      return schema.booleanValue() == negated ? Conjunction.NOTHING : Conjunction.ANYTHING;
    }
    if (schema.isEmpty()) {
      return negated ? Conjunction.NOTHING : Conjunction.ANYTHING;
    }
    return Conjunction.of(number(schema), negated);
  }

  /** The schema that a reference names; null if there is none at that place. */
  @Nullable Integer target(String reference) {
    if (!reference.startsWith("#")) {
      return null;
    }
    try {
      String fragment =
          URLDecoder.decode(reference.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
      return byPointer.get(fragment);
    } catch (IllegalArgumentException broken) {
      return null;
    }
  }

  /** A schema that only one array or object is valid against. */
  int constant(JsonNode value) {
    Integer known = constants.get(value);
    if (known != null) {
      return known;
    }
    ObjectNode schema = JSON.objectNode();
    if (value.isArray()) {
      schema.put("type", "array");
      schema.put("minItems", value.size());
      schema.put("maxItems", value.size());
      var items = schema.putArray("prefixItems");
      for (JsonNode item : value) {
        items.add(schema(part(item)));
      }
      schema.put("items", false);
    } else {
      schema.put("type", "object");
      schema.put("additionalProperties", false);
      ObjectNode properties = schema.putObject("properties");
      var required = schema.putArray("required");
      value
          .properties()
          .forEach(member -> {
            required.add(member.getKey());
            properties.set(member.getKey(), schema(part(member.getValue())));
          });
    }
    int number = enter(schema, "");
    constants.put(value, number);
    return number;
  }

  private int part(JsonNode value) {
    if (value.isContainer()) {
      return constant(value);
    }
    ObjectNode schema = JSON.objectNode();
    schema.set("const", value);
    return enter(schema, "");
  }

  static String child(String pointer, String name) {
    return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
  }
}
