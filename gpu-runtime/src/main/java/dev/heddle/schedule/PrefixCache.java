package dev.heddle.schedule;

import dev.heddle.format.Digest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds KV blocks that already hold the start of a sequence. An entry is one full block: its tokens
 * and the entry of the block before it, down to a root of tenant and adapter digest. A hit compares
 * all of these; the hash only finds the bucket. Entry numbers are never used twice, so a chain
 * whose middle was overwritten is not found any more. Step thread only; allocates nothing.
 */
final class PrefixCache {
  /** Where chains start: KV depends on the adapter, and tenants do not see each other's. */
  record Root(String tenant, @Nullable Digest adapter) {}

  /** The entry "before" a first block. */
  static final long NO_ENTRY = 0;

  private static final int NONE = -1;

  private final KvBlockPool pool;
  private final int blockTokens;
  private final int[] buckets;
  private final int[] nextInBucket;

  // by block
  private final @Nullable Root[] roots;
  private final long[] entries;
  private final long[] parents;
  private final int[] contents;
  private long lastEntry = NO_ENTRY;

  PrefixCache(KvBlockPool pool) {
    int blocks = pool.blocks();
    this.pool = pool;
    this.blockTokens = pool.blockTokens();
    this.buckets = new int[Integer.highestOneBit(Math.max(blocks, 2) - 1) * 2];
    this.nextInBucket = new int[blocks];
    this.roots = new @Nullable Root[blocks];
    this.entries = new long[blocks];
    this.parents = new long[blocks];
    this.contents = new int[blocks * blockTokens];
    Arrays.fill(buckets, NONE);
    pool.onOverwrite(this::forget);
  }

  /** The block holding {@code tokens[from..from+blockTokens)} after {@code parent}, or -1. */
  int find(Root root, long parent, int[] tokens, int from) {
    int block = buckets[bucket(root, parent, tokens, from)];
    while (block != NONE && !holds(block, root, parent, tokens, from)) {
      block = nextInBucket[block];
    }
    return block;
  }

  /** The entry of a block that {@link #find} returned. */
  long entry(int block) {
    return entries[block];
  }

  /**
   * Keeps a full block that a sequence holds, unless another one has the same contents already.
   *
   * @return the entry of these contents, parent of the block that follows
   */
  long insert(Root root, long parent, int[] tokens, int from, int block) {
    int twin = find(root, parent, tokens, from);
    if (twin != NONE) {
      return entries[twin];
    }
    pool.keep(block);
    roots[block] = root;
    entries[block] = ++lastEntry;
    parents[block] = parent;
    System.arraycopy(tokens, from, contents, block * blockTokens, blockTokens);
    int bucket = bucket(root, parent, tokens, from);
    nextInBucket[block] = buckets[bucket];
    buckets[bucket] = block;
    return lastEntry;
  }

  private void forget(int block) {
    Root root = roots[block];
    if (root == null) {
      throw new IllegalStateException("block " + block + " was not in the prefix cache");
    }
    int bucket = bucket(root, parents[block], contents, block * blockTokens);
    if (buckets[bucket] == block) {
      buckets[bucket] = nextInBucket[block];
    } else {
      int before = buckets[bucket];
      while (nextInBucket[before] != block) {
        before = nextInBucket[before];
      }
      nextInBucket[before] = nextInBucket[block];
    }
    roots[block] = null;
    entries[block] = NO_ENTRY;
  }

  private boolean holds(int block, Root root, long parent, int[] tokens, int from) {
    int start = block * blockTokens;
    return parents[block] == parent
        && root.equals(roots[block])
        && Arrays.equals(contents, start, start + blockTokens, tokens, from, from + blockTokens);
  }

  private int bucket(Root root, long parent, int[] tokens, int from) {
    long hash = parent * 0x9E3779B97F4A7C15L ^ root.hashCode();
    for (int i = from; i < from + blockTokens; i++) {
      hash = (hash ^ tokens[i]) * 0x100000001B3L; // FNV-1a, a token a step
    }
    return (int) ((hash ^ hash >>> 32) & (buckets.length - 1));
  }
}
