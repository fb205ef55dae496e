package dev.heddle.structured;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Walks a schema: notes every schema in it, and everything that is wrong or not supported. */
final class SchemaReader {
  static final int MAX_SIZE = 100_000;
  private static final int MAX_SCHEMAS = 20_000;
  private static final int MAX_PROPERTIES = 1_000;
  private static final Set<String> ANNOTATIONS =
      Set.of(
          "$schema",
          "$comment",
          "title",
          "description",
          "default",
          "examples",
          "deprecated",
          "readOnly",
          "writeOnly",
          "contentEncoding",
          "contentMediaType",
          "contentSchema",
          "discriminator"); // OpenAPI's: a hint that changes nothing of what is valid
  private static final Set<String> TYPES =
      Set.of("null", "boolean", "integer", "number", "string", "array", "object");

  private final SchemaSource source = new SchemaSource();
  private final List<Violation> violations = new ArrayList<>();
  private final List<Runnable> references = new ArrayList<>();
  private final Budget budget;

  private SchemaReader(Budget budget) {
    this.budget = budget;
  }

  /**
   * @throws StructureException naming everything that is wrong
   */
  static SchemaSource read(JsonNode root, Budget budget) {
    SchemaReader reader = new SchemaReader(budget);
    reader.schema(root, "", 0);
    reader.references.forEach(Runnable::run);
    if (!reader.violations.isEmpty()) {
      throw new StructureException(reader.violations);
    }
    return reader.source;
  }

  private void fault(String pointer, String message) {
    if (violations.size() < 100) {
      violations.add(new Violation(pointer, message));
    }
  }

  private void schema(JsonNode schema, String pointer, int depth) {
    if (depth > budget.depth()) {
      fault(pointer, "is nested deeper than %d schemas".formatted(budget.depth()));
      return;
    }
    if (source.size() > MAX_SCHEMAS) {
      if (source.size() == MAX_SCHEMAS + 1) {
        fault("", "has more than %d schemas".formatted(MAX_SCHEMAS));
        source.add(schema, pointer);
      }
      return;
    }
    int number = source.add(schema, pointer);
    if (schema.isObject()) {
      for (var member : schema.properties()) {
        String at = SchemaSource.child(pointer, member.getKey());
        keyword(number, member.getKey(), member.getValue(), at, depth);
      }
    } else if (!schema.isBoolean()) {
      fault(pointer, "must be a schema: an object or a boolean");
    }
  }

  private void keyword(int number, String name, JsonNode value, String at, int depth) {
    switch (name) {
      case "$id" -> {
        if (number != 1) {
          fault(at, "is supported at the root alone");
        }
      }
      case "$anchor" -> source.anchor(text(value, at), number);
      case "$ref" -> reference(text(value, at), at);
      case "type" -> type(value, at);
      case "enum" -> constants(value, at);
      case "const" -> constant(value, at);
      case "not",
          "if",
          "then",
          "else",
          "additionalProperties",
          "propertyNames",
          "items",
          "contains" ->
          schema(value, at, depth + 1);
      case "allOf", "anyOf", "oneOf", "prefixItems" -> list(value, at, depth);
      case "$defs", "definitions", "dependentSchemas" -> map(value, at, depth);
      case "properties" -> {
        map(value, at, depth);
        if (value.size() > MAX_PROPERTIES) {
          fault(at, "has more than %d properties".formatted(MAX_PROPERTIES));
        }
      }
      case "patternProperties" -> {
        map(value, at, depth);
        value.propertyNames().forEach(p -> pattern(p, SchemaSource.child(at, p)));
      }
      case "required" -> names(value, at);
      case "dependentRequired" -> {
        if (object(value, at)) {
          value.properties().forEach(m -> names(m.getValue(), SchemaSource.child(at, m.getKey())));
        }
      }
      case "minContains", "maxContains" -> size(value, at);
      case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties" ->
          size(value, at);
      case "uniqueItems" -> {
        if (!value.isBoolean()) {
          fault(at, "must be a boolean");
        } else if (value.booleanValue()) {
          fault(at, "is not supported: earlier items cannot be remembered");
        }
      }
      case "pattern" -> pattern(text(value, at), at);
      case "format" -> {
        String format = text(value, at);
        if (value.isString() && Formats.pattern(format) == null) {
          fault(at, "the format '%s' is not supported".formatted(format));
        }
      }
      case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum" -> number(value, at);
      case "multipleOf" -> {
        BigDecimal multiple = number(value, at);
        if (multiple != null && !NumberWriter.countable(multiple)) {
          fault(at, "must be positive, and of at most 2000 units of its last digit");
        }
      }
      default -> {
        if (!ANNOTATIONS.contains(name)) {
          fault(at, "is not a supported keyword");
        }
      }
    }
  }

  private void reference(String reference, String at) {
    references.add(() -> {
      if (source.target(reference) == null) {
        fault(at, "does not name a schema of this document");
      }
    });
  }

  private void type(JsonNode value, String at) {
    List<JsonNode> names = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(names::add);
    } else {
      names.add(value);
    }
    for (JsonNode name : names) {
      if (!name.isString() || !TYPES.contains(name.stringValue())) {
        fault(at, "must be one of " + String.join(", ", TYPES.stream().sorted().toList()));
      }
    }
  }

  private void constants(JsonNode value, String at) {
    if (!value.isArray()) {
      fault(at, "must be an array");
      return;
    }
    for (int i = 0; i < value.size(); i++) {
      constant(value.get(i), at + "/" + i);
    }
  }

  private void constant(JsonNode value, String at) {
    if (depth(value) > budget.depth()) {
      fault(at, "is nested deeper than %d values".formatted(budget.depth()));
    } else {
      numbers(value, at);
    }
  }

  private void numbers(JsonNode value, String at) {
    if (value.isNumber()) {
      number(value, at);
    }
    value.forEach(part -> numbers(part, at));
  }

  private int depth(JsonNode value) {
    int deepest = 0;
    List<JsonNode> level = List.of(value);
    while (!level.isEmpty() && deepest <= budget.depth()) {
      List<JsonNode> below = new ArrayList<>();
      level.forEach(v -> v.forEach(below::add));
      level = below;
      deepest++;
    }
    return deepest;
  }

  private void list(JsonNode value, String at, int depth) {
    if (!value.isArray() || value.isEmpty()) {
      fault(at, "must be an array of schemas");
      return;
    }
    for (int i = 0; i < value.size(); i++) {
      schema(value.get(i), at + "/" + i, depth + 1);
    }
  }

  private void map(JsonNode value, String at, int depth) {
    if (object(value, at)) {
      value
          .properties()
          .forEach(m -> schema(m.getValue(), SchemaSource.child(at, m.getKey()), depth + 1));
    }
  }

  private boolean object(JsonNode value, String at) {
    if (!value.isObject()) {
      fault(at, "must be an object");
    }
    return value.isObject();
  }

  private void names(JsonNode value, String at) {
    boolean strings = value.isArray();
    for (JsonNode name : value) {
      strings &= name.isString();
    }
    if (!strings) {
      fault(at, "must be an array of strings");
    } else if (value.size() > MAX_PROPERTIES) {
      fault(at, "has more than %d names".formatted(MAX_PROPERTIES));
    }
  }

  private String text(JsonNode value, String at) {
    if (!value.isString()) {
      fault(at, "must be a string");
      return "";
    }
    return value.stringValue();
  }

  private void pattern(String pattern, String at) {
    try {
      RegexParser.parse(pattern, budget);
    } catch (StructureException broken) {
      fault(at, broken.violations().getFirst().message());
    }
  }

  private void size(JsonNode value, String at) {
    BigDecimal number = value.isNumber() ? number(value, at) : null;
    if (number == null
        || number.signum() < 0
        || number.stripTrailingZeros().scale() > 0
        || number.compareTo(BigDecimal.valueOf(MAX_SIZE)) > 0) {
      fault(at, "must be a whole number of 0 to %d".formatted(MAX_SIZE));
    }
  }

  private @Nullable BigDecimal number(JsonNode value, String at) {
    boolean finite =
        value.isNumber() && (!value.isDouble() || Double.isFinite(value.doubleValue()));
    if (!finite) {
      fault(at, "must be a number");
      return null;
    }
    BigDecimal number = value.decimalValue();
    if (Math.abs((long) number.scale()) > 400 || number.precision() > 400) {
      fault(at, "is a number of too many digits");
      return null;
    }
    return number;
  }
}
