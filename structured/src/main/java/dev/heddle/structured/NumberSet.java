package dev.heddle.structured;

import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Some numbers.
 *
 * @param integer only whole ones
 * @param fraction only others
 * @param multiples of each of which a number must be a multiple; positive
 * @param values the only ones there are; null for no such rule. Without trailing zeros.
 */
record NumberSet(
    boolean integer,
    boolean fraction,
    Set<Bound> bounds,
    Set<BigDecimal> multiples,
    @Nullable Set<BigDecimal> values)
    implements ValueSet {

  static final int LESS = 1;
  static final int EQUAL = 2;
  static final int GREATER = 4;

  static final NumberSet ALL = new NumberSet(false, false, Set.of(), Set.of(), null);

  /**
   * What numbers may be, compared to a value.
   *
   * @param allowed of {@link #LESS}, {@link #EQUAL}, {@link #GREATER}
   */
  record Bound(BigDecimal value, int allowed) {
    boolean admits(int comparison) {
      return (allowed & (comparison < 0 ? LESS : comparison == 0 ? EQUAL : GREATER)) != 0;
    }
  }

  static NumberSet whole(boolean integer) {
    return new NumberSet(integer, !integer, Set.of(), Set.of(), null);
  }

  static NumberSet bound(BigDecimal value, int allowed) {
    return new NumberSet(
        false, false, Set.of(new Bound(value.stripTrailingZeros(), allowed)), Set.of(), null);
  }

  static NumberSet multiple(BigDecimal of) {
    return new NumberSet(false, false, Set.of(), Set.of(of.stripTrailingZeros()), null);
  }

  static NumberSet of(Set<BigDecimal> values) {
    return new NumberSet(false, false, Set.of(), Set.of(), values);
  }

  NumberSet and(NumberSet other) {
    Set<BigDecimal> both = values;
    if (both == null) {
      both = other.values;
    } else if (other.values != null) {
      both = new LinkedHashSet<>(both);
      both.retainAll(other.values);
    }
    return new NumberSet(
        integer || other.integer,
        fraction || other.fraction,
        union(bounds, other.bounds),
        union(multiples, other.multiples),
        both);
  }

  private static <T> Set<T> union(Set<T> a, Set<T> b) {
    if (a.containsAll(b)) {
      return a;
    }
    Set<T> all = new LinkedHashSet<>(a);
    all.addAll(b);
    return all;
  }

  /** Whether it is known to be empty; other empty sets are found when they are compiled. */
  @Override
  public boolean isEmpty() {
    if (integer && fraction) {
      return true;
    }
    if (values != null) {
      return values.stream().noneMatch(this::admits);
    }
    for (Bound a : bounds) {
      for (Bound b : bounds) {
        int order = a.value.compareTo(b.value);
        boolean apart = order >= 0 && a.allowed == GREATER && (b.allowed & GREATER) == 0;
        boolean disjoint = order > 0 && (a.allowed & LESS) == 0 && (b.allowed & GREATER) == 0;
        boolean touching = order == 0 && (a.allowed & b.allowed) == 0;
        if (apart || disjoint || touching) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether it has no rule but that of whole numbers. */
  boolean isPlain() {
    return !fraction && bounds.isEmpty() && multiples.isEmpty() && values == null;
  }

  /** Whether a value fulfils every rule but that of values. */
  boolean admits(BigDecimal value) {
    boolean isWhole = value.stripTrailingZeros().scale() <= 0;
    return !(integer && !isWhole)
        && !(fraction && isWhole)
        && bounds.stream().allMatch(b -> b.admits(value.compareTo(b.value)))
        && multiples.stream().allMatch(m -> value.remainder(m).signum() == 0);
  }
}
