package dev.heddle.structured;

import org.jspecify.annotations.Nullable;

/** Some JSON values of one {@link Kind}. */
sealed interface ValueSet permits NumberSet, StringSet, ArraySet, ObjectSet, ValueSet.One {
  /** Whether it is known to be empty; other empty sets are found when the network is built. */
  boolean isEmpty();

  /** The kinds of JSON values; each has sets of its own. */
  enum Kind {
    NULL,
    FALSE,
    TRUE,
    NUMBER,
    STRING,
    ARRAY,
    OBJECT;

    /** All values of the kind. */
    ValueSet all() {
      return switch (this) {
        case NULL, FALSE, TRUE -> One.ONE;
        case NUMBER -> NumberSet.ALL;
        case STRING -> StringSet.ALL;
        case ARRAY -> ArraySet.ALL;
        case OBJECT -> ObjectSet.ALL;
      };
    }
  }

  /** All values of a kind that has only one. */
  enum One implements ValueSet {
    ONE;

    @Override
    public boolean isEmpty() {
      return false;
    }
  }

  /** Values in both; null if the two cannot be combined. */
  static @Nullable ValueSet and(ValueSet a, ValueSet b, Budget budget) {
    return switch (a) {
      case One one -> one;
      case NumberSet numbers -> numbers.and((NumberSet) b);
      case StringSet strings -> strings.and((StringSet) b, budget);
      case ArraySet arrays -> arrays.combines((ArraySet) b) ? arrays.and((ArraySet) b) : null;
      case ObjectSet objects -> objects.combines((ObjectSet) b) ? objects.and((ObjectSet) b) : null;
    };
  }
}
