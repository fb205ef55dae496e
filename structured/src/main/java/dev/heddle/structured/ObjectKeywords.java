package dev.heddle.structured;

import dev.heddle.structured.ValueSet.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What keywords say of objects. */
final class ObjectKeywords {
  private final SchemaSets sets;
  private final SchemaSource source;
  private final Budget budget;
  private final Map<String, TextDfa> patterns = new HashMap<>();

  ObjectKeywords(SchemaSets sets, SchemaSource source, Budget budget) {
    this.sets = sets;
    this.source = source;
    this.budget = budget;
  }

  /** Null if the keyword says nothing of objects. */
  @Nullable List<ValueSet> of(int schema, String name, JsonNode value, boolean negated) {
    return switch (name) {
      case "required" -> required(strings(value), negated);
      case "minProperties" -> {
        int min = value.decimalValue().intValueExact();
        if (negated) {
          yield min == 0 ? List.of() : List.of(ObjectSet.size(0, min - 1));
        }
        yield List.of(ObjectSet.size(min, -1));
      }
      case "maxProperties" -> {
        int max = value.decimalValue().intValueExact();
        yield List.of(negated ? ObjectSet.size(max + 1, -1) : ObjectSet.size(0, max));
      }
      case "properties", "patternProperties", "additionalProperties" ->
          members(schema, name, negated);
      case "propertyNames" -> names(value, negated);
      case "dependentRequired", "dependentSchemas" -> dependent(schema, name, value, negated);
      default -> null;
    };
  }

  private static Set<String> strings(JsonNode names) {
    Set<String> all = new LinkedHashSet<>();
    names.forEach(name -> all.add(name.stringValue()));
    return all;
  }

  private static List<ValueSet> required(Set<String> names, boolean negated) {
    if (!negated) {
      return List.of(ObjectSet.requiring(names));
    }
    List<ValueSet> options = new ArrayList<>();
    names.forEach(name -> options.add(ObjectSet.property(name, Conjunction.NOTHING)));
    return options;
  }

  /** The three keywords say one thing together; it is said by the first of them that is there. */
  private List<ValueSet> members(int schema, String name, boolean negated) {
    JsonNode parent = source.schema(schema);
    if (negated) {
      return notMembers(parent, name);
    }
    for (String first : List.of("properties", "patternProperties", "additionalProperties")) {
      if (parent.has(first)) {
        return first.equals(name) ? List.of(ObjectSet.part(part(parent))) : List.of(ObjectSet.ALL);
      }
    }
    return List.of(ObjectSet.ALL);
  }

  private ObjectSet.Part part(JsonNode parent) {
    Map<String, Conjunction> properties = new LinkedHashMap<>();
    for (var member : parent.path("properties").properties()) {
      properties.put(member.getKey(), source.conjunction(member.getValue(), false));
    }
    List<ObjectSet.Pattern> matched = new ArrayList<>();
    for (var member : parent.path("patternProperties").properties()) {
      matched.add(
          new ObjectSet.Pattern(
              pattern(member.getKey()), source.conjunction(member.getValue(), false)));
    }
    JsonNode others = parent.path("additionalProperties");
    return new ObjectSet.Part(
        properties,
        List.copyOf(matched),
        others.isMissingNode() ? Conjunction.ANYTHING : source.conjunction(others, false));
  }

  private List<ValueSet> notMembers(JsonNode parent, String name) {
    List<ValueSet> options = new ArrayList<>();
    for (var member : parent.path(name).properties()) {
      if (name.equals("additionalProperties")) {
        break;
      }
      Conjunction wrong = source.conjunction(member.getValue(), true);
      if (wrong.isNothing()) {
        continue;
      }
      if (name.equals("properties")) {
        ObjectSet set = ObjectSet.property(member.getKey(), wrong);
        options.add(set.and(ObjectSet.requiring(Set.of(member.getKey()))));
      } else {
        options.add(ObjectSet.with(new ObjectSet.Witness(pattern(member.getKey()), wrong)));
      }
    }
    if (name.equals("additionalProperties")) {
      Conjunction wrong = source.conjunction(parent.path(name), true);
      TextDfa others = TextDfa.of(parent.path("properties").propertyNames()).not();
      for (String key : parent.path("patternProperties").propertyNames()) {
        others = others.minus(pattern(key), budget);
      }
      if (!wrong.isNothing() && !others.isEmpty()) {
        options.add(ObjectSet.with(new ObjectSet.Witness(others, wrong)));
      }
    }
    return options;
  }

  private TextDfa pattern(String pattern) {
    return patterns.computeIfAbsent(pattern, p -> RegexCompiler.compile(p, false, budget));
  }

  private List<ValueSet> names(JsonNode value, boolean negated) {
    TextDfa allowed = null;
    for (ValueSet set : sets.of(Kind.STRING, source.number(value), false)) {
      TextDfa own = ((StringSet) set).dfa(budget);
      allowed = allowed == null ? own : allowed.not().and(own.not(), budget).not();
    }
    if (!negated) {
      return List.of(allowed == null ? ObjectSet.size(0, 0) : ObjectSet.named(allowed));
    }
    TextDfa wrong = allowed == null ? TextDfa.any() : allowed.not();
    return wrong.isEmpty()
        ? List.of()
        : List.of(ObjectSet.with(new ObjectSet.Witness(wrong, Conjunction.ANYTHING)));
  }

  private List<ValueSet> dependent(int schema, String name, JsonNode value, boolean negated) {
    List<ValueSet> result = negated ? List.of() : List.of(ObjectSet.ALL);
    for (var member : value.properties()) {
      ValueSet present = ObjectSet.requiring(Set.of(member.getKey()));
      List<ValueSet> then =
          name.equals("dependentRequired")
              ? required(strings(member.getValue()), negated)
              : sets.of(Kind.OBJECT, source.number(member.getValue()), negated);
      List<ValueSet> both = sets.product(List.of(present), then, schema, name);
      if (negated) {
        result = sets.union(result, both);
      } else {
        ValueSet absent = ObjectSet.property(member.getKey(), Conjunction.NOTHING);
        List<ValueSet> options = sets.union(List.of(absent), both);
        result = sets.product(result, options, schema, name);
      }
    }
    return result;
  }
}
