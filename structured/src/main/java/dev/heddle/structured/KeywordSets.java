package dev.heddle.structured;

import dev.heddle.structured.ValueSet.Kind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What one keyword of a schema says of the values of one kind, or its opposite. */
final class KeywordSets {
  private final SchemaSets sets;
  private final SchemaSource source;
  private final ScalarKeywords scalars;
  private final ArrayKeywords arrays;
  private final ObjectKeywords objects;

  KeywordSets(SchemaSets sets, SchemaSource source, Budget budget) {
    this.sets = sets;
    this.source = source;
    scalars = new ScalarKeywords(budget);
    arrays = new ArrayKeywords(sets, source);
    objects = new ObjectKeywords(sets, source, budget);
  }

  /**
   * @param negated whether the values are asked for that do not fulfil the keyword
   */
  List<ValueSet> of(Kind kind, int schema, String name, JsonNode value, boolean negated) {
    return switch (name) {
      case "type" -> type(kind, value, negated);
      case "enum" -> sets.constants(kind, value.valueStream().toList(), negated);
      case "const" -> sets.constants(kind, List.of(value), negated);
      case "$ref" -> sets.of(kind, sets.target(value.stringValue()), negated);
      case "not" -> sets.of(kind, source.number(value), !negated);
      case "allOf" -> each(kind, schema, name, value, !negated, negated);
      case "anyOf" -> each(kind, schema, name, value, negated, negated);
      case "oneOf" -> negated ? notOne(kind, schema, value) : exactlyOne(kind, schema, value);
      case "if" -> condition(kind, schema, value, negated);
      default -> {
        List<ValueSet> own =
            switch (kind) {
              case NUMBER, STRING -> scalars.of(kind, name, value, negated);
              case ARRAY -> arrays.of(schema, name, value, negated);
              case OBJECT -> objects.of(schema, name, value, negated);
              default -> null;
            };
        yield own != null ? own : negated ? List.of() : List.of(kind.all());
      }
    };
  }

  private static List<ValueSet> type(Kind kind, JsonNode value, boolean negated) {
    Set<String> names = new LinkedHashSet<>();
    if (value.isArray()) {
      value.forEach(name -> names.add(name.stringValue()));
    } else {
      names.add(value.stringValue());
    }
    if (kind == Kind.NUMBER && !names.contains("number")) {
      if (names.contains("integer")) {
        return List.of(NumberSet.whole(!negated));
      }
      return negated ? List.of(kind.all()) : List.of();
    }
    String own =
        switch (kind) {
          case TRUE, FALSE -> "boolean";
          case NULL -> "null";
          case NUMBER -> "number";
          case STRING -> "string";
          case ARRAY -> "array";
          case OBJECT -> "object";
        };
    return names.contains(own) != negated ? List.of(kind.all()) : List.of();
  }

  /** All or any of several schemas, or of their opposites. */
  private List<ValueSet> each(
      Kind kind, int schema, String name, JsonNode value, boolean all, boolean negated) {
    List<ValueSet> result = all ? List.of(kind.all()) : List.of();
    for (JsonNode option : value) {
      List<ValueSet> own = sets.of(kind, source.number(option), negated);
      result = all ? sets.product(result, own, schema, name) : sets.union(result, own);
    }
    return result;
  }

  /** Options that no value fulfils two of need no opposites. */
  private List<ValueSet> exactlyOne(Kind kind, int schema, JsonNode value) {
    List<List<ValueSet>> options = new ArrayList<>();
    for (JsonNode option : value) {
      options.add(sets.of(kind, source.number(option), false));
    }
    List<ValueSet> result = List.of();
    for (int i = 0; i < options.size(); i++) {
      List<ValueSet> own = options.get(i);
      for (int j = 0; j < options.size() && !own.isEmpty(); j++) {
        if (j != i && !sets.product(own, options.get(j), schema, "oneOf").isEmpty()) {
          own =
              sets.product(own, sets.of(kind, source.number(value.get(j)), true), schema, "oneOf");
        }
      }
      result = sets.union(result, own);
    }
    return result;
  }

  private List<ValueSet> notOne(Kind kind, int schema, JsonNode value) {
    List<ValueSet> result = each(kind, schema, "oneOf", value, true, true);
    for (int i = 0; i < value.size(); i++) {
      List<ValueSet> one = sets.of(kind, source.number(value.get(i)), false);
      for (int j = i + 1; j < value.size(); j++) {
        List<ValueSet> other = sets.of(kind, source.number(value.get(j)), false);
        result = sets.union(result, sets.product(one, other, schema, "oneOf"));
      }
    }
    return result;
  }

  private List<ValueSet> condition(Kind kind, int schema, JsonNode value, boolean negated) {
    JsonNode parent = source.schema(schema);
    List<ValueSet> result = List.of();
    for (boolean holds : new boolean[] {true, false}) {
      JsonNode then = parent.path(holds ? "then" : "else");
      if (then.isMissingNode()) {
        if (!negated) {
          result = sets.union(result, sets.of(kind, source.number(value), !holds));
        }
      } else {
        result =
            sets.union(
                result,
                sets.product(
                    sets.of(kind, source.number(value), !holds),
                    sets.of(kind, source.number(then), negated),
                    schema,
                    "if"));
      }
    }
    return parent.has("then") || parent.has("else")
        ? result
        : negated ? List.of() : List.of(kind.all());
  }
}
