package dev.heddle.ops.vector;

import dev.heddle.ops.RouteRule;

/**
 * Picks, weights and slots of a batch, and its token-expert pairs grouped by slot: a pair (token t,
 * rank r) has number {@code t * perToken + r} and a place; pairs of one slot have neighbouring
 * places, in order of their numbers. Groups are cut into blocks.
 */
final class PanelRouting {
  /** Pairs of a block at most: their activations fit the second-level cache. */
  static final int BLOCK_PAIRS = 64;

  private final RouteRule rule;
  private final PanelExperts pool;
  private final NativeTensor picks;
  private final NativeTensor weights;
  private final NativeTensor slots;

  private final int[] cursor; // by slot: pairs counted, then the next place; zero between batches
  private final int[] active; // slots met, in order of their first pair
  private final int[] placeOfPair;
  private final int[] tokenOfPlace;
  private final int[] blockSlot;
  private final int[] blockPlace;
  private final int[] blockLive;
  private final int[] blockRow;
  private int blocks;
  private int packedRows;

  PanelRouting(
      RouteRule rule,
      PanelExperts pool,
      NativeTensor picks,
      NativeTensor weights,
      NativeTensor slots) {
    this.rule = rule;
    this.pool = pool;
    this.picks = picks;
    this.weights = weights;
    this.slots = slots;
    int pairs = Math.multiplyExact(slots.rows(), rule.perToken());
    cursor = new int[pool.slots()];
    active = new int[pairs];
    placeOfPair = new int[pairs];
    tokenOfPlace = new int[pairs];
    blockSlot = new int[pairs];
    blockPlace = new int[pairs];
    blockLive = new int[pairs];
    blockRow = new int[pairs];
  }

  /** Rows of packed activations that so many pairs can take: a tile of 8 may have 5 live ones. */
  static int maxPackedRows(int pairs) {
    return 2 * pairs;
  }

  /** Groups the pairs of {@code tokens} tokens by their slots: a counting sort. */
  void group(int tokens) {
    int pairs = tokens * rule.perToken();
    int met = 0;
    for (int pair = 0; pair < pairs; pair++) {
      int slot = slots.intAt(pair);
      if (!pool.isFilled(slot)) {
        forget(met);
        throw new IllegalStateException("expert slot " + slot + " is empty");
      }
      if (cursor[slot]++ == 0) {
        active[met++] = slot;
      }
    }
    cutBlocks(met);
    for (int pair = 0; pair < pairs; pair++) {
      int place = cursor[slots.intAt(pair)]++;
      placeOfPair[pair] = place;
      tokenOfPlace[place] = pair / rule.perToken();
    }
    forget(met);
  }

  /** Cuts each slot's pairs into blocks, and leaves its first place in the cursor. */
  private void cutBlocks(int met) {
    blocks = 0;
    packedRows = 0;
    int place = 0;
    for (int i = 0; i < met; i++) {
      int count = cursor[active[i]];
      cursor[active[i]] = place;
      for (int done = 0; done < count; done += BLOCK_PAIRS) {
        int live = Math.min(BLOCK_PAIRS, count - done);
        blockSlot[blocks] = active[i];
        blockPlace[blocks] = place + done;
        blockLive[blocks] = live;
        blockRow[blocks] = packedRows;
        packedRows += TokenTiles.padded(live);
        blocks++;
      }
      place += count;
    }
  }

  /** Only the counters that were touched are cleared: the pool may be far larger than the batch. */
  private void forget(int met) {
    for (int i = 0; i < met; i++) {
      cursor[active[i]] = 0;
    }
  }

  RouteRule rule() {
    return rule;
  }

  PanelExperts pool() {
    return pool;
  }

  int blocks() {
    return blocks;
  }

  /** Rows that the packed activations of all blocks take. */
  int packedRows() {
    return packedRows;
  }

  int slot(int block) {
    return blockSlot[block];
  }

  /** Place of a block's first pair. */
  int place(int block) {
    return blockPlace[block];
  }

  /** Pairs of a block. */
  int live(int block) {
    return blockLive[block];
  }

  /** Row of the packed activations where a block begins. */
  int row(int block) {
    return blockRow[block];
  }

  int tokenOfPlace(int place) {
    return tokenOfPlace[place];
  }

  int placeOfPair(int pair) {
    return placeOfPair[pair];
  }

  NativeTensor picks() {
    return picks;
  }

  NativeTensor weights() {
    return weights;
  }

  NativeTensor slots() {
    return slots;
  }
}
