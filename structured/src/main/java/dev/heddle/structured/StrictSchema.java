package dev.heddle.structured;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * What OpenAI's {@code strict} asks of a schema: an object at the root; no object has members that
 * are not declared, and every declared one is required.
 */
public final class StrictSchema {
  private static final int MAX_DEPTH = 100;

  private final List<Violation> violations = new ArrayList<>();

  private StrictSchema() {}

  /** What the schema lacks. It may be broken in other ways, which are not told here. */
  public static List<Violation> violations(JsonNode schema) {
    StrictSchema check = new StrictSchema();
    if (!schema.has("$ref") && !types(schema).contains("object")) {
      check.add("/type", "must be 'object' at the root of a strict schema");
    }
    check.check(schema, "", 0);
    return check.violations;
  }

  private void add(String pointer, String message) {
    if (violations.size() < 100) {
      violations.add(new Violation(pointer, message));
    }
  }

  private static Set<String> types(JsonNode schema) {
    Set<String> types = new HashSet<>();
    JsonNode type = schema.path("type");
    if (type.isString()) {
      types.add(type.stringValue());
    }
    type.forEach(name -> types.add(name.asString("")));
    return types;
  }

  private void check(JsonNode schema, String pointer, int depth) {
    if (depth > MAX_DEPTH || !schema.isObject()) {
      return;
    }
    if (types(schema).contains("object") || schema.has("properties")) {
      object(schema, pointer);
    }
    for (String name : List.of("properties", "$defs", "definitions")) {
      String at = pointer + "/" + name;
      schema
          .path(name)
          .properties()
          .forEach(m -> check(m.getValue(), SchemaSource.child(at, m.getKey()), depth + 1));
    }
    for (String name : List.of("anyOf", "allOf", "oneOf", "prefixItems")) {
      JsonNode options = schema.path(name);
      for (int i = 0; i < options.size(); i++) {
        check(options.path(i), pointer + "/" + name + "/" + i, depth + 1);
      }
    }
    check(schema.path("items"), pointer + "/items", depth + 1);
  }

  private void object(JsonNode schema, String pointer) {
    JsonNode others = schema.path("additionalProperties");
    if (!others.isBoolean() || others.booleanValue()) {
      add(pointer + "/additionalProperties", "must be false in a strict schema");
    }
    Set<String> missing = new TreeSet<>(schema.path("properties").propertyNames());
    schema.path("required").forEach(name -> missing.remove(name.asString("")));
    if (!missing.isEmpty()) {
      add(
          pointer + "/required",
          "must have every property in a strict schema, also '%s'"
              .formatted(String.join("', '", missing)));
    }
  }
}
