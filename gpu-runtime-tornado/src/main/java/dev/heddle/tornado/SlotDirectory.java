package dev.heddle.tornado;

import dev.heddle.ops.Require;

/**
 * Where expert slots are: in slabs, each one buffer of the device, since a buffer's size is
 * limited. Slots of every layer share all slabs, so layers that differ in how many experts their
 * adapters tune leave nothing unused; all that is lost is less than one slot a slab.
 *
 * @param slots of all slabs together
 * @param slotsPerSlab of each slab but the last, which may have fewer
 * @param firstBuffer weights buffer of slab 0; the others follow
 */
record SlotDirectory(int slots, int slotsPerSlab, int slotWords, int firstBuffer) {
  /**
   * Slots over as few slabs as a buffer's limit allows, evenly.
   *
   * @throws IllegalArgumentException if a slot is larger than a buffer may be
   */
  static SlotDirectory of(int slots, int slotWords, int maxWords, int firstBuffer) {
    Require.that(
        slotWords <= maxWords,
        "an expert of " + 4L * slotWords + " bytes",
        "is larger than a buffer of the device may be, " + 4L * maxWords);
    int slabs = Math.ceilDiv(slots, maxWords / slotWords);
    return new SlotDirectory(slots, Math.ceilDiv(slots, slabs), slotWords, firstBuffer);
  }

  int slabs() {
    return Math.ceilDiv(slots, slotsPerSlab);
  }

  int firstSlot(int slab) {
    return slab * slotsPerSlab;
  }

  /** Slots of a slab. */
  int slotsOf(int slab) {
    return Math.min(slotsPerSlab, slots - firstSlot(slab));
  }

  int words(int slab) {
    return slotsOf(slab) * slotWords;
  }

  /** Weights buffer that a slot is in. */
  int buffer(int slot) {
    return firstBuffer + slot / slotsPerSlab;
  }

  /** First word of a slot in its buffer. */
  int at(int slot) {
    return slot % slotsPerSlab * slotWords;
  }
}
