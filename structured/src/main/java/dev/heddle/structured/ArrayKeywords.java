package dev.heddle.structured;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What keywords say of arrays. */
final class ArrayKeywords {
  private final SchemaSets sets;
  private final SchemaSource source;

  ArrayKeywords(SchemaSets sets, SchemaSource source) {
    this.sets = sets;
    this.source = source;
  }

  /** Null if the keyword says nothing of arrays. */
  @Nullable List<ValueSet> of(int schema, String name, JsonNode value, boolean negated) {
    return switch (name) {
      case "minItems" -> {
        int min = value.decimalValue().intValueExact();
        if (negated) {
          yield min == 0 ? List.of() : List.of(ArraySet.size(0, min - 1));
        }
        yield List.of(ArraySet.size(min, -1));
      }
      case "maxItems" -> {
        int max = value.decimalValue().intValueExact();
        yield List.of(negated ? ArraySet.size(max + 1, -1) : ArraySet.size(0, max));
      }
      case "prefixItems" -> negated ? notPrefix(value) : List.of(prefix(value));
      case "items" -> items(schema, value, negated);
      case "contains" -> contains(schema, value, negated);
      default -> null;
    };
  }

  private ValueSet prefix(JsonNode value) {
    List<Conjunction> items = new ArrayList<>();
    value.forEach(item -> items.add(source.conjunction(item, false)));
    return ArraySet.items(List.copyOf(items), Conjunction.ANYTHING);
  }

  private List<ValueSet> notPrefix(JsonNode value) {
    List<ValueSet> options = new ArrayList<>();
    List<Conjunction> before = new ArrayList<>();
    for (JsonNode item : value) {
      List<Conjunction> items = new ArrayList<>(before);
      items.add(source.conjunction(item, true));
      ArraySet wrong = ArraySet.items(items, Conjunction.ANYTHING);
      options.add(wrong.and(ArraySet.size(items.size(), -1)));
      before.add(Conjunction.ANYTHING);
    }
    return options;
  }

  private List<ValueSet> items(int schema, JsonNode value, boolean negated) {
    int offset = source.schema(schema).path("prefixItems").size();
    if (!negated) {
      List<Conjunction> prefix = new ArrayList<>();
      for (int i = 0; i < offset; i++) {
        prefix.add(Conjunction.ANYTHING);
      }
      return List.of(ArraySet.items(prefix, source.conjunction(value, false)));
    }
    Conjunction wrong = source.conjunction(value, true);
    if (wrong.isNothing()) {
      return List.of();
    }
    if (wrong.equals(Conjunction.ANYTHING)) {
      return List.of(ArraySet.size(offset + 1, -1));
    }
    if (offset > 0) {
      sets.fault(schema, "items", "its opposite is needed, which is not supported here");
      return List.of();
    }
    return List.of(
        ArraySet.counting(new ArraySet.Counted(wrong, source.conjunction(value, false), 1, -1)));
  }

  private List<ValueSet> contains(int schema, JsonNode value, boolean negated) {
    JsonNode parent = source.schema(schema);
    int min = parent.has("minContains") ? size(parent, "minContains") : 1;
    int max = parent.has("maxContains") ? size(parent, "maxContains") : -1;
    if (!negated) {
      return counted(value, min, max);
    }
    List<ValueSet> options = new ArrayList<>();
    if (min > 0) {
      options.addAll(counted(value, 0, min - 1));
    }
    if (max >= 0) {
      options.addAll(counted(value, max + 1, -1));
    }
    return options;
  }

  private List<ValueSet> counted(JsonNode value, int min, int max) {
    if (min == 0 && max < 0) {
      return List.of(ArraySet.ALL);
    }
    Conjunction what = source.conjunction(value, false);
    Conjunction others = source.conjunction(value, true);
    if (others.isNothing()) {
      return List.of(ArraySet.size(min, max));
    }
    if (max == 0) {
      return List.of(ArraySet.items(List.of(), others));
    }
    return List.of(ArraySet.counting(new ArraySet.Counted(what, others, min, max)));
  }

  private static int size(JsonNode parent, String name) {
    return parent.path(name).decimalValue().intValueExact();
  }
}
