package dev.heddle.schedule;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Hands out KV blocks and takes them back. A block is taken while it has references, and free
 * otherwise: taken + free = total, always. Free blocks wait in one list; those without contents at
 * its head, those whose contents a {@link PrefixCache} keeps at its tail, so that the longest
 * unused contents are overwritten first and only when nothing else is free. Step thread only.
 */
public final class KvBlockPool {
  private final int blockTokens;
  private final int[] references;
  private final boolean[] kept;

  /** The free list, doubly linked; its anchor is the index one past the last block. */
  private final int[] next;

  private final int[] previous;
  private int free;
  private int freeKept;
  private IntConsumer overwritten = block -> {};

  /**
   * @param blocks how many there are, &ge; 1
   * @param blockTokens tokens whose KV a block holds
   */
  public KvBlockPool(int blocks, int blockTokens) {
    this.blockTokens = blockTokens;
    this.references = new int[blocks];
    this.kept = new boolean[blocks];
    this.next = new int[blocks + 1];
    this.previous = new int[blocks + 1];
    next[anchor()] = anchor();
    previous[anchor()] = anchor();
    for (int block = 0; block < blocks; block++) {
      link(block, previous[anchor()]);
    }
  }

  public int blocks() {
    return references.length;
  }

  public int blockTokens() {
    return blockTokens;
  }

  /** Blocks that {@link #take} can still hand out. */
  public int free() {
    return free;
  }

  /** Those of the free blocks whose contents are kept for a later hit. */
  public int freeKept() {
    return freeKept;
  }

  public int taken() {
    return blocks() - free;
  }

  /** How many hold a reference to the block. */
  public int references(int block) {
    return references[block];
  }

  /** Blocks that {@code tokens} tokens need. */
  public int blocksFor(int tokens) {
    return Math.ceilDiv(tokens, blockTokens);
  }

  /**
   * A block without contents, with one reference.
   *
   * @throws IllegalStateException if none is free
   */
  public int take() {
    if (free == 0) {
      throw new IllegalStateException("no KV block is free");
    }
    int block = next[anchor()];
    unlink(block);
    if (kept[block]) {
      kept[block] = false;
      overwritten.accept(block);
    }
    references[block] = 1;
    return block;
  }

  /** One more reference to a block: a taken one, or a free one whose contents are kept. */
  public void share(int block) {
    if (references[block] == 0) {
      if (!kept[block]) {
        throw new IllegalStateException("block " + block + " is free and has no contents");
      }
      unlink(block);
    }
    references[block]++;
  }

  /** One reference less; at none the block is free. */
  public void release(int block) {
    if (references[block] == 0) {
      throw new IllegalStateException("block " + block + " is free already");
    }
    references[block]--;
    if (references[block] == 0) {
      link(block, kept[block] ? previous[anchor()] : anchor());
    }
  }

  /** Marks a taken block's contents as worth keeping after it is free. */
  void keep(int block) {
    if (references[block] == 0) {
      throw new IllegalStateException("block " + block + " is free");
    }
    kept[block] = true;
  }

  /** Sets the listener that is told before a kept block is overwritten. */
  void onOverwrite(IntConsumer listener) {
    overwritten = listener;
  }

  /**
   * Proves that taken + free = total.
   *
   * @throws IllegalStateException naming what does not
   */
  public void checkIntegrity() {
    int listed = 0;
    int listedKept = 0;
    for (int block = next[anchor()]; block != anchor(); block = next[block]) {
      if (references[block] != 0 || previous[next[block]] != block || ++listed > blocks()) {
        throw new IllegalStateException("the free list is broken at block " + block);
      }
      listedKept += kept[block] ? 1 : 0;
    }
    long taken = Arrays.stream(references).filter(count -> count > 0).count();
    if (listed != free || listedKept != freeKept || taken + free != blocks()) {
      throw new IllegalStateException(
          "blocks: %d taken + %d free (%d listed) of %d".formatted(taken, free, listed, blocks()));
    }
  }

  private int anchor() {
    return references.length;
  }

  private void link(int block, int after) {
    int before = next[after];
    next[after] = block;
    previous[block] = after;
    next[block] = before;
    previous[before] = block;
    free++;
    freeKept += kept[block] ? 1 : 0;
  }

  private void unlink(int block) {
    next[previous[block]] = next[block];
    previous[next[block]] = previous[block];
    free--;
    freeKept -= kept[block] ? 1 : 0;
  }
}
