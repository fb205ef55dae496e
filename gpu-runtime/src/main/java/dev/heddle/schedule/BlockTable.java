package dev.heddle.schedule;

import java.util.Arrays;

/** The KV blocks of one sequence, by position: block i holds tokens i*blockTokens and up. */
public final class BlockTable {
  /** How many blocks the table grows by. */
  private static final int GROWTH = 64;

  private int[] blocks = {};
  private int size;

  public int size() {
    return size;
  }

  public int get(int index) {
    return blocks[index];
  }

  /** Copies the blocks to the start of {@code target}. */
  public void copyTo(int[] target) {
    System.arraycopy(blocks, 0, target, 0, size);
  }

  void add(int block) {
    if (size == blocks.length) {
      blocks = Arrays.copyOf(blocks, size + GROWTH);
    }
    blocks[size++] = block;
  }

  void set(int index, int block) {
    blocks[index] = block;
  }

  /** Refers to all the blocks of another table as well. */
  void shareAll(BlockTable other, KvBlockPool pool) {
    for (int i = 0; i < other.size; i++) {
      pool.share(other.blocks[i]);
      add(other.blocks[i]);
    }
  }

  /** Gives every block back, the last first, so that the start of a prefix is kept longest. */
  void releaseAll(KvBlockPool pool) {
    while (size > 0) {
      pool.release(blocks[--size]);
    }
  }
}
