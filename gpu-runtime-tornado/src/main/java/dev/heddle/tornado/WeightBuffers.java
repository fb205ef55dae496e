package dev.heddle.tornado;

import dev.heddle.ops.Require;
import java.util.ArrayList;
import java.util.List;

/**
 * Sizes of the buffers that weights are in, in words of four bytes: those of the base's dense
 * layers are filled one after the other, slabs of experts are added whole. A buffer has pairs of
 * bf16 or float32 throughout.
 */
final class WeightBuffers {
  /** A place for some words. */
  record Room(int buffer, int at) {}

  /** A buffer's size and content. */
  record Buffer(int words, boolean bf16) {}

  private final int maxWords;
  private final List<Buffer> buffers = new ArrayList<>();
  private final int[] current = {-1, -1}; // the dense buffers being filled: float32, bf16

  WeightBuffers(int maxWords) {
    this.maxWords = maxWords;
  }

  /**
   * @throws IllegalArgumentException if it is larger than a buffer may be
   */
  Room reserve(String name, long size, boolean bf16) {
    Require.that(
        size <= maxWords,
        name,
        "takes %,d bytes, and a buffer of the device may have no more than %,d"
            .formatted(4 * size, 4L * maxWords));
    int kind = bf16 ? 1 : 0;
    if (current[kind] < 0 || buffers.get(current[kind]).words() + size > maxWords) {
      current[kind] = buffers.size();
      buffers.add(new Buffer(0, bf16));
    }
    int at = buffers.get(current[kind]).words();
    buffers.set(current[kind], new Buffer(at + (int) size, bf16));
    return new Room(current[kind], at);
  }

  SlotDirectory slots(int slots, int slotWords, boolean bf16) {
    SlotDirectory directory = SlotDirectory.of(slots, slotWords, maxWords, buffers.size());
    for (int slab = 0; slab < directory.slabs(); slab++) {
      buffers.add(new Buffer(directory.words(slab), bf16));
    }
    return directory;
  }

  /** Every buffer, as declared so far. */
  List<Buffer> all() {
    return List.copyOf(buffers);
  }
}
