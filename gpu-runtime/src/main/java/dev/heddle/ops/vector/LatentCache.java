package dev.heddle.ops.vector;

import dev.heddle.ops.memory.NativeMemory;

/**
 * The paged cache: rows [latent | rope] of floats, each beginning at a multiple of {@link
 * NativeMemory#ALIGNMENT}, ordered by layer, block, offset.
 */
record LatentCache(int layers, int blocks, int blockTokens, int latent, int rope, long address) {
  static final LatentCache NONE = new LatentCache(0, 0, 0, 0, 0, 0);

  /** Bytes from one key to the next. */
  static long rowBytes(int width) {
    return Math.ceilDiv(4L * width, NativeMemory.ALIGNMENT) * NativeMemory.ALIGNMENT;
  }

  int width() {
    return latent + rope;
  }

  long rowBytes() {
    return rowBytes(width());
  }

  long blockBytes() {
    return blockTokens * rowBytes();
  }

  long block(int layer, int block) {
    return address + ((long) layer * blocks + block) * blockBytes();
  }

  long row(int layer, int slot) {
    return block(layer, 0) + slot * rowBytes();
  }
}
