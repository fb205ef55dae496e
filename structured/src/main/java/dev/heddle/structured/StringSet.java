package dev.heddle.structured;

import org.jspecify.annotations.Nullable;

/**
 * Some strings.
 *
 * @param texts null for any
 * @param min fewest characters
 * @param max most characters, -1 for no bound
 */
record StringSet(@Nullable TextDfa texts, int min, int max) implements ValueSet {
  static final StringSet ALL = new StringSet(null, 0, -1);

  static StringSet of(TextDfa texts) {
    return new StringSet(texts, 0, -1);
  }

  StringSet and(StringSet other, Budget budget) {
    TextDfa both = texts;
    if (both == null) {
      both = other.texts;
    } else if (other.texts != null && other.texts != both) {
      both = both.and(other.texts, budget);
    }
    return new StringSet(both, Math.max(min, other.min), least(max, other.max));
  }

  @Override
  public boolean isEmpty() {
    return (max >= 0 && min > max) || (texts != null && texts.isEmpty());
  }

  /** As one automaton. */
  TextDfa dfa(Budget budget) {
    if (texts == null) {
      return TextDfa.lengths(min, max, budget);
    }
    return min == 0 && max < 0 ? texts : texts.and(TextDfa.lengths(min, max, budget), budget);
  }

  /** The lower of two bounds, -1 for none. */
  static int least(int a, int b) {
    return a < 0 ? b : b < 0 ? a : Math.min(a, b);
  }
}
