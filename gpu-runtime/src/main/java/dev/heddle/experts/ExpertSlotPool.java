package dev.heddle.experts;

import dev.heddle.format.Digest;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the slots above the base's, by expert digest and with reference counts, so that an
 * expert of two adapters sits once. Step thread only.
 *
 * <p>A slot is free, used (references &ge; 1) or retired: without references, but perhaps still
 * read by a step in flight or not yet cleared. {@code used + retired + free = total}, always.
 *
 * <p>A claim promises slots before they are free: claims never exceed free and retired slots, so
 * every claim can be honoured by waiting for retired slots alone.
 */
final class ExpertSlotPool {
  private final int baseSlots;
  private final int total;
  private final int[] references;
  private final @Nullable Digest[] digests;
  private final Map<Digest, Integer> slotByDigest = new HashMap<>();
  private final int[] free;
  private final boolean[] isFree;
  private int freeCount;
  private int retiredCount;
  private int claimed;

  /** Slots [baseSlots, slots) are handed out. */
  ExpertSlotPool(int baseSlots, int slots) {
    if (slots < baseSlots) {
      throw new IllegalArgumentException(
          slots + " slots do not hold the base's " + baseSlots + " experts");
    }
    this.baseSlots = baseSlots;
    total = slots - baseSlots;
    references = new int[total];
    digests = new Digest[total];
    free = new int[total];
    isFree = new boolean[total];
    for (int slot = slots - 1; slot >= baseSlots; slot--) {
      pushFree(slot);
    }
  }

  int total() {
    return total;
  }

  int free() {
    return freeCount;
  }

  int retired() {
    return retiredCount;
  }

  /** Slots that are or will be free and that nobody has claimed. */
  int available() {
    return freeCount + retiredCount - claimed;
  }

  int references(int slot) {
    return references[slot - baseSlots];
  }

  /** The slot this expert sits in, or -1. */
  int find(Digest expert) {
    Integer slot = slotByDigest.get(expert);
    return slot == null ? -1 : slot;
  }

  /** Promises {@code count} slots to a load. */
  void claim(int count) {
    if (count > available()) {
      throw new IllegalStateException("claim of " + count + " slots, available " + available());
    }
    claimed += count;
  }

  /** Takes one claim back. */
  void unclaim() {
    if (claimed == 0) {
      throw new IllegalStateException("no slot is claimed");
    }
    claimed--;
  }

  /** Honours one claimed slot: takes a free one for an expert that sits nowhere yet. */
  int takeClaimed(Digest expert) {
    if (claimed == 0 || freeCount == 0) {
      throw new IllegalStateException("no free slot is claimed");
    }
    int slot = free[--freeCount];
    isFree[slot - baseSlots] = false;
    claimed--;
    references[slot - baseSlots] = 1;
    digests[slot - baseSlots] = expert;
    if (slotByDigest.put(expert, slot) != null) {
      throw new IllegalStateException("expert " + expert + " sits in a slot already");
    }
    return slot;
  }

  /** One more reference to a used slot. */
  void share(int slot) {
    requireUsed(slot);
    references[slot - baseSlots]++;
  }

  /**
   * One reference less.
   *
   * @return whether it was the last one: the slot is retired now and no longer found by its digest
   */
  boolean release(int slot) {
    requireUsed(slot);
    int i = slot - baseSlots;
    if (--references[i] > 0) {
      return false;
    }
    slotByDigest.remove(digests[i]);
    digests[i] = null;
    retiredCount++;
    return true;
  }

  /** A retired slot is cleared and may be filled again. */
  void free(int slot) {
    int i = slot - baseSlots;
    if (isFree[i] || references[i] != 0) {
      throw new IllegalStateException("slot " + slot + " is not retired");
    }
    retiredCount--;
    pushFree(slot);
  }

  private void pushFree(int slot) {
    free[freeCount++] = slot;
    isFree[slot - baseSlots] = true;
  }

  private void requireUsed(int slot) {
    if (references[slot - baseSlots] == 0) {
      throw new IllegalStateException("slot " + slot + " is not in use");
    }
  }

  /**
   * @throws IllegalStateException if slots and references do not add up
   */
  void checkIntegrity() {
    int used = 0;
    int marked = 0;
    for (int i = 0; i < total; i++) {
      used += references[i] > 0 ? 1 : 0;
      marked += isFree[i] ? 1 : 0;
      Digest digest = digests[i];
      Integer found = digest == null ? null : slotByDigest.get(digest);
      boolean indexed = found != null && found == baseSlots + i;
      if (references[i] < 0 || references[i] > 0 != indexed || (isFree[i] && references[i] != 0)) {
        throw new IllegalStateException(
            "slot " + (baseSlots + i) + ": references " + references[i] + ", indexed " + indexed);
      }
    }
    if (used + retiredCount + freeCount != total
        || marked != freeCount
        || slotByDigest.size() != used
        || claimed < 0
        || available() < 0) {
      throw new IllegalStateException(
          "slots: used %d, retired %d, free %d, claimed %d of %d"
              .formatted(used, retiredCount, freeCount, claimed, total));
    }
  }

  /** Slots that are used. */
  int used() {
    return total - freeCount - retiredCount;
  }

  int claimed() {
    return claimed;
  }
}
