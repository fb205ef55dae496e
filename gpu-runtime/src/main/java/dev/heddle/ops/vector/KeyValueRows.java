package dev.heddle.ops.vector;

import dev.heddle.ops.CacheShape;
import dev.heddle.ops.memory.NativeMemory;

/**
 * The paged cache: rows [value | key] of floats, each beginning at a multiple of {@link
 * NativeMemory#ALIGNMENT}, ordered by layer, group, block, offset.
 */
record KeyValueRows(CacheShape shape, int blocks, int blockTokens, long address) {
  static final KeyValueRows NONE = new KeyValueRows(new CacheShape(0, 0, 0, 0), 0, 0, 0);

  /** Bytes of a cache. */
  static long bytes(CacheShape shape, int blocks, int blockTokens) {
    return (long) shape.layers() * shape.groups() * blocks * blockTokens * rowBytes(shape.width());
  }

  private static long rowBytes(int width) {
    return Math.ceilDiv(4L * width, NativeMemory.ALIGNMENT) * NativeMemory.ALIGNMENT;
  }

  /** Floats of a row that are summed up. */
  int value() {
    return shape.value();
  }

  /** Floats of a row after them. */
  int key() {
    return shape.key();
  }

  int width() {
    return shape.width();
  }

  /** Bytes from one row to the next. */
  long rowBytes() {
    return rowBytes(width());
  }

  long blockBytes() {
    return blockTokens * rowBytes();
  }

  long block(int layer, int group, int block) {
    return address + (((long) layer * shape.groups() + group) * blocks + block) * blockBytes();
  }

  long row(int layer, int group, int slot) {
    return block(layer, group, 0) + slot * rowBytes();
  }
}
