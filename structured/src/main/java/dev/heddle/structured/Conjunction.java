package dev.heddle.structured;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * A value that fulfils several schemas. A literal is twice the number of a schema, or one more if
 * the value must not be valid against it.
 */
record Conjunction(List<Integer> literals) {
  static final Conjunction ANYTHING = new Conjunction(List.of());

  /** Schema number 0 is {@code false}. */
  static final Conjunction NOTHING = new Conjunction(List.of(0));

  static Conjunction of(int schema, boolean negated) {
    return schema == 0 && negated
        ? ANYTHING
        : new Conjunction(List.of(2 * schema + (negated ? 1 : 0)));
  }

  Conjunction and(Conjunction other) {
    if (isNothing() || other.literals.isEmpty()) {
      return this;
    }
    if (other.isNothing() || literals.isEmpty()) {
      return other;
    }
    return all(List.of(this, other));
  }

  static Conjunction all(Collection<Conjunction> parts) {
    TreeSet<Integer> all = new TreeSet<>();
    parts.forEach(part -> all.addAll(part.literals));
    if (all.contains(0) || all.stream().anyMatch(l -> l % 2 == 0 && all.contains(l + 1))) {
      return NOTHING;
    }
    return new Conjunction(List.copyOf(all));
  }

  boolean isNothing() {
    return literals.contains(0);
  }
}
