package dev.heddle.schedule;

import java.util.List;

/**
 * Gives sequences their KV blocks and takes them back: a known prefix from the cache, the rest from
 * the pool, and a copy of a shared block before it is written. Step thread only.
 */
final class SequenceBlocks {
  private final KvBlockPool pool;
  private final PrefixCache cache;

  /** The tokens of the block that is looked for or kept. */
  private final int[] tokens;

  SequenceBlocks(KvBlockPool pool) {
    this.pool = pool;
    this.cache = new PrefixCache(pool);
    this.tokens = new int[pool.blockTokens()];
  }

  /**
   * Blocks for all tokens of a sequence, those of a known prefix shared; all of them or none.
   *
   * @param spare blocks that must stay free
   */
  boolean allocate(Sequence sequence, int spare) {
    if (sequence.mayReusePrefix()) {
      sharePrefix(sequence);
    }
    int missing = pool.blocksFor(sequence.length()) - sequence.blocks.size();
    if (pool.free() < missing + spare) {
      release(sequence);
      return false;
    }
    for (int i = 0; i < missing; i++) {
      sequence.blocks.add(pool.take());
    }
    return true;
  }

  /** All blocks are given back, and what was computed is forgotten. */
  void release(Sequence sequence) {
    sequence.blocks.releaseAll(pool);
    sequence.forgetComputed();
  }

  /**
   * Makes sure that a position lies in a block that only this sequence refers to; a copy that this
   * takes is noted in the plan.
   *
   * @param position the next one to be computed, or the one after another that is writable
   * @return false if that takes a block and none is free
   */
  boolean makeWritable(Sequence sequence, int position, StepPlan plan) {
    int index = position / pool.blockTokens();
    boolean missing = index == sequence.blocks.size();
    if (!missing && pool.references(sequence.blocks.get(index)) == 1) {
      return true;
    }
    if (pool.free() == 0) {
      return false;
    }
    int own = pool.take();
    if (missing) {
      sequence.blocks.add(own);
    } else {
      int shared = sequence.blocks.get(index);
      plan.copy(shared, own);
      sequence.blocks.set(index, own);
      pool.release(shared);
    }
    return true;
  }

  /** Lets others find the blocks that have become full. */
  void keepFull(Sequence sequence) {
    int blockTokens = pool.blockTokens();
    while ((sequence.chained + 1) * blockTokens <= sequence.computed) {
      int index = sequence.chained++;
      sequence.copyTokens(index * blockTokens, tokens);
      sequence.chain =
          cache.insert(
              sequence.group().root(), sequence.chain, tokens, 0, sequence.blocks.get(index));
    }
  }

  /** Lets {@code other}, which has nothing, start from all that {@code first} has. */
  void share(Sequence first, Sequence other) {
    other.blocks.shareAll(first.blocks, pool);
    other.computed = first.computed;
    other.chained = first.chained;
    other.chain = first.chain;
  }

  /**
   * Proves that the pool's books balance and are those of the sequences that hold blocks.
   *
   * @throws IllegalStateException naming what does not
   */
  void checkIntegrity(List<Sequence> holders) {
    pool.checkIntegrity();
    int[] references = new int[pool.blocks()];
    for (Sequence sequence : holders) {
      for (int i = 0; i < sequence.blocks.size(); i++) {
        references[sequence.blocks.get(i)]++;
      }
      if (sequence.blocks.size() < pool.blocksFor(sequence.computed)) {
        throw new IllegalStateException("KV lies outside of the sequence's blocks");
      }
    }
    for (int block = 0; block < references.length; block++) {
      if (references[block] != pool.references(block)) {
        throw new IllegalStateException(
            "block %d is held %d times, counted %d times"
                .formatted(block, references[block], pool.references(block)));
      }
    }
  }

  /** The last token is always computed, for its logits. */
  private void sharePrefix(Sequence sequence) {
    int most = (sequence.length() - 1) / pool.blockTokens();
    while (sequence.chained < most) {
      sequence.copyTokens(sequence.chained * pool.blockTokens(), tokens);
      int block = cache.find(sequence.group().root(), sequence.chain, tokens, 0);
      if (block < 0) {
        break;
      }
      pool.share(block);
      sequence.blocks.add(block);
      sequence.chain = cache.entry(block);
      sequence.chained++;
    }
    sequence.computed = sequence.chained * pool.blockTokens();
  }
}
