package dev.heddle.structured;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some arrays.
 *
 * @param prefix what the first items fulfil
 * @param rest what the others fulfil
 * @param max most items, -1 for no bound
 * @param counted items that are counted; null for none
 */
record ArraySet(
    List<Conjunction> prefix, Conjunction rest, int min, int max, @Nullable Counted counted)
    implements ValueSet {

  static final ArraySet ALL = new ArraySet(List.of(), Conjunction.ANYTHING, 0, -1, null);

  /**
   * How many items fulfil something.
   *
   * @param others what all other items fulfil: the opposite
   * @param max -1 for no bound
   */
  record Counted(Conjunction what, Conjunction others, int min, int max) {}

  static ArraySet items(List<Conjunction> prefix, Conjunction rest) {
    return new ArraySet(prefix, rest, 0, -1, null);
  }

  static ArraySet size(int min, int max) {
    return new ArraySet(List.of(), Conjunction.ANYTHING, min, max, null);
  }

  static ArraySet counting(Counted counted) {
    return new ArraySet(List.of(), Conjunction.ANYTHING, 0, -1, counted);
  }

  Conjunction item(int index) {
    return index < prefix.size() ? prefix.get(index) : rest;
  }

  boolean combines(ArraySet other) {
    return counted == null || other.counted == null || counted.equals(other.counted);
  }

  ArraySet and(ArraySet other) {
    List<Conjunction> both = new ArrayList<>();
    for (int i = 0; i < Math.max(prefix.size(), other.prefix.size()); i++) {
      both.add(item(i).and(other.item(i)));
    }
    return new ArraySet(
        List.copyOf(both),
        rest.and(other.rest),
        Math.max(min, other.min),
        StringSet.least(max, other.max),
        counted == null ? other.counted : counted);
  }

  /** Whether it is known to be empty. */
  @Override
  public boolean isEmpty() {
    if (max >= 0 && min > max) {
      return true;
    }
    for (int i = 0; i < Math.min(min, prefix.size() + 1); i++) {
      if (item(i).isNothing()) {
        return true;
      }
    }
    return false;
  }
}
