package dev.heddle.structured;

import dev.heddle.structured.ValueSet.Kind;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which values fulfil a conjunction of schemas: for each kind of value, a union of sets. Keywords
 * are combined here; what items and members fulfil is only named.
 */
final class SchemaSets {
  private static final Set<String> TELLING =
      Set.of("type", "enum", "const", "title", "description", "default", "examples");

  private final SchemaSource source;
  private final Budget budget;
  private final KeywordSets keywords;
  private final List<Violation> violations = new ArrayList<>();
  private final Map<Key, List<ValueSet>> known = new HashMap<>();
  private final Map<Conjunction, Boolean> contradictions = new HashMap<>();
  private final Set<Key> pending = new LinkedHashSet<>();

  /** What is asked of a literal of a {@link Conjunction}. */
  private record Key(Kind kind, int schema, boolean negated) {}

  SchemaSets(SchemaSource source, Budget budget) {
    this.source = source;
    this.budget = budget;
    this.keywords = new KeywordSets(this, source, budget);
  }

  /** What is not supported in the schemas asked for so far. */
  List<Violation> violations() {
    return violations;
  }

  void fault(int schema, String keyword, String message) {
    Violation violation =
        new Violation(SchemaSource.child(source.pointer(schema), keyword), message);
    if (!violations.contains(violation)) {
      violations.add(violation);
    }
  }

  /** The sets whose union is what fulfils a conjunction. */
  List<ValueSet> of(Kind kind, Conjunction conjunction) {
    List<ValueSet> sets = List.of(kind.all());
    for (int literal : conjunction.literals()) {
      sets = product(sets, of(kind, literal / 2, literal % 2 == 1), literal / 2, "");
    }
    return sets;
  }

  List<ValueSet> of(Kind kind, int schema, boolean negated) {
    JsonNode node = source.schema(schema);
    if (node.isBoolean()) {
      return node.booleanValue() == negated ? List.of() : List.of(kind.all());
    }
    Key key = new Key(kind, schema, negated);
    List<ValueSet> sets = known.get(key);
    if (sets != null) {
      return sets;
    }
    if (!pending.add(key)) {
      fault(schema, "$ref", "refers to itself without a step into an item or a member");
      return List.of();
    }
    if (pending.size() > 1_000) {
      throw new StructureException("has references that are nested too deep");
    }
    sets = negated ? List.of() : List.of(kind.all());
    for (var member : node.properties()) {
      List<ValueSet> own = keywords.of(kind, schema, member.getKey(), member.getValue(), negated);
      sets = negated ? union(sets, own) : product(sets, own, schema, member.getKey());
    }
    pending.remove(key);
    known.put(key, sets);
    return sets;
  }

  List<ValueSet> union(List<ValueSet> a, List<ValueSet> b) {
    Set<ValueSet> all = new LinkedHashSet<>(a);
    all.addAll(b);
    requireFew(all.size());
    return List.copyOf(all);
  }

  List<ValueSet> product(List<ValueSet> a, List<ValueSet> b, int schema, String keyword) {
    Set<ValueSet> all = new LinkedHashSet<>();
    for (ValueSet one : a) {
      for (ValueSet other : b) {
        budget.spend(100);
        ValueSet both = ValueSet.and(one, other, budget);
        if (both == null) {
          fault(schema, keyword, "cannot be combined with another rule of the same kind");
        } else if (!both.isEmpty() && !contradicts(both)) {
          all.add(both);
        }
      }
    }
    requireFew(all.size());
    return List.copyOf(all);
  }

  /** Whether a required member has no value: options that a constant tells apart. */
  private boolean contradicts(ValueSet set) {
    return set instanceof ObjectSet object
        && object.required().stream().map(object::of).anyMatch(this::isKnownContradiction);
  }

  private boolean isKnownContradiction(Conjunction value) {
    Boolean known = contradictions.get(value);
    if (known == null) {
      known = isContradiction(value);
      contradictions.put(value, known);
    }
    return known;
  }

  /** Only of constants and types, which name no other schemas. */
  private boolean isContradiction(Conjunction value) {
    for (int literal : value.literals()) {
      if (!TELLING.containsAll(source.schema(literal / 2).propertyNames())) {
        return false;
      }
    }
    for (Kind kind : Kind.values()) {
      List<ValueSet> sets = List.of(kind.all());
      for (int literal : value.literals()) {
        JsonNode schema = source.schema(literal / 2);
        for (String keyword : List.of("type", "enum", "const")) {
          JsonNode node = schema.path(keyword);
          if (literal % 2 == 0 && !node.isMissingNode() && !node.isContainer()) {
            sets = scalars(kind, sets, literal / 2, keyword, node);
          } else if (literal % 2 == 0 && keyword.equals("enum") && node.isArray()) {
            sets = scalars(kind, sets, literal / 2, keyword, node);
          }
        }
      }
      if (!sets.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  private List<ValueSet> scalars(
      Kind kind, List<ValueSet> sets, int schema, String keyword, JsonNode node) {
    return product(sets, keywords.of(kind, schema, keyword, node, false), schema, keyword);
  }

  private void requireFew(int alternatives) {
    if (alternatives > budget.alternatives()) {
      throw new StructureException(
          "combines more than %d alternatives".formatted(budget.alternatives()));
    }
  }

  /** Values of an enum or a const, or all others. */
  List<ValueSet> constants(Kind kind, List<JsonNode> values, boolean negated) {
    return switch (kind) {
      case NULL -> one(values.stream().anyMatch(JsonNode::isNull) != negated);
      case TRUE -> one(values.stream().anyMatch(v -> v.isBoolean() && v.booleanValue()) != negated);
      case FALSE ->
          one(values.stream().anyMatch(v -> v.isBoolean() && !v.booleanValue()) != negated);
      case STRING -> strings(values, negated);
      case NUMBER -> numbers(values, negated);
      case ARRAY, OBJECT -> containers(kind, values, negated);
    };
  }

  private static List<ValueSet> one(boolean there) {
    return there ? List.of(ValueSet.One.ONE) : List.of();
  }

  private static List<ValueSet> strings(List<JsonNode> values, boolean negated) {
    List<String> texts =
        values.stream().filter(JsonNode::isString).map(JsonNode::stringValue).toList();
    if (texts.isEmpty()) {
      return negated ? List.of(StringSet.ALL) : List.of();
    }
    TextDfa dfa = TextDfa.of(texts);
    return List.of(StringSet.of(negated ? dfa.not() : dfa));
  }

  private List<ValueSet> numbers(List<JsonNode> values, boolean negated) {
    Set<BigDecimal> numbers = new LinkedHashSet<>();
    for (JsonNode value : values) {
      if (value.isNumber()) {
        numbers.add(value.decimalValue().stripTrailingZeros());
      }
    }
    if (!negated) {
      return numbers.isEmpty() ? List.of() : List.of(NumberSet.of(numbers));
    }
    NumberSet others = NumberSet.ALL;
    for (BigDecimal number : numbers) {
      others = others.and(NumberSet.bound(number, NumberSet.LESS | NumberSet.GREATER));
    }
    return List.of(others);
  }

  private List<ValueSet> containers(Kind kind, List<JsonNode> values, boolean negated) {
    List<ValueSet> sets = negated ? List.of(kind.all()) : List.of();
    for (JsonNode value : values) {
      if (kind == Kind.ARRAY ? value.isArray() : value.isObject()) {
        List<ValueSet> own = of(kind, source.constant(value), negated);
        sets = negated ? product(sets, own, 0, "const") : union(sets, own);
      }
    }
    return sets;
  }

  /** The schema that a schema's {@code $ref} names. */
  int target(String reference) {
    @Nullable Integer target = source.target(reference);
    return target == null ? 0 : target;
  }
}
