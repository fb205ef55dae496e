package dev.heddle.ops.vector;

/**
 * Up to {@link AttentionTiles#ROWS} query rows of one sequence that go through its keys together:
 * heads of one token, or all heads of some consecutive tokens. Where its state lies in memory, and
 * the steps over one tile of keys. Lane {@code i * heads + h} is head h of the unit's token i.
 */
final class AttentionUnit {
  private final AttentionInputs in;
  private final KeyValueRows cache;
  private final long q;
  private final long positions;
  private final long maxima;
  private final long sums;

  /** Scores of one tile, and its corrections after them; several tiles may follow each other. */
  final long tiles;

  private int firstToken;
  private int tokens;
  private int group;
  private int firstTile;
  private int firstHead;
  private int heads;
  private int end; // position after the last key
  private int minPosition;
  private int maxFirst; // of the rows' first keys

  AttentionUnit(AttentionInputs in, KeyValueRows cache, long memory) {
    this.in = in;
    this.cache = cache;
    q = memory;
    positions = q + cache.width() * AttentionTiles.ROW_BYTES;
    maxima = positions + AttentionTiles.ROW_BYTES;
    sums = maxima + AttentionTiles.ROW_BYTES;
    tiles = sums + AttentionTiles.ROW_BYTES;
  }

  static long bytes(KeyValueRows cache, int tiles) {
    return (cache.width() + 3) * AttentionTiles.ROW_BYTES + tiles * tileBytes(cache);
  }

  static long tileBytes(KeyValueRows cache) {
    return (cache.blockTokens() + 1) * AttentionTiles.ROW_BYTES;
  }

  /** Takes up a unit's rows: packs their queries, clears their sums and outputs. */
  void begin(int unit) {
    firstToken = in.unitToken(unit);
    tokens = in.unitTokens(unit);
    group = in.unitGroup(unit);
    firstHead = in.unitHead(unit);
    heads = in.unitHeads(unit);
    firstTile = in.unitTile(unit);
    end = in.unitEnd(unit);
    minPosition = Integer.MAX_VALUE;
    maxFirst = 0;
    Lanes.zero(positions, AttentionTiles.ROW_BYTES);
    Lanes.zero(sums, AttentionTiles.ROW_BYTES);
    for (int lane = 0; lane < AttentionTiles.ROWS; lane++) {
      Lanes.setFloat(maxima + 4L * lane, Float.NEGATIVE_INFINITY);
    }
    for (int i = 0; i < tokens; i++) {
      int position = in.position(firstToken + i);
      minPosition = Math.min(minPosition, position);
      maxFirst = Math.max(maxFirst, in.first(firstToken + i));
      for (int h = 0; h < heads; h++) {
        int lane = i * heads + h;
        Lanes.setFloat(positions + 4L * lane, position);
        packQuery(firstToken + i, firstHead + h, q + 4L * lane);
        Lanes.zero(in.out(firstToken + i, firstHead + h), 4L * cache.value());
      }
    }
  }

  private void packQuery(int token, int head, long lane) {
    int values = cache.value() - in.scoredFrom();
    if (values > 0) {
      scatter(in.queryValue(token, head), values, lane);
    }
    scatter(in.queryKey(token, head), cache.key(), lane + values * AttentionTiles.ROW_BYTES);
  }

  private static void scatter(long from, int n, long lane) {
    for (int i = 0; i < n; i++) {
      Lanes.setInt(lane + i * AttentionTiles.ROW_BYTES, Lanes.getInt(from + 4L * i));
    }
  }

  /** First tile that has keys. */
  int firstTile() {
    return firstTile;
  }

  /** Number after the last one that has keys. */
  int endTile() {
    return Math.ceilDiv(end, cache.blockTokens());
  }

  /** Whether its rows take two vectors. */
  private boolean two() {
    return tokens * heads > Lanes.LANES;
  }

  private int keysOf(int tile) {
    return Math.min(cache.blockTokens(), end - tile * cache.blockTokens());
  }

  private long block(int tile) {
    return in.block(firstToken, group, tile);
  }

  /** Scores of one tile of keys; those that a row does not attend to are masked. */
  void score(int tile, long scores) {
    int n = keysOf(tile);
    int first = tile * cache.blockTokens();
    // Whole groups of keys are faster, and what the surplus ones hold is never used.
    int wide = Math.ceilDiv(n, 8) * 8;
    int scored = wide <= cache.blockTokens() ? wide : n;
    int from = in.scoredFrom();
    AttentionTiles.scores(
        q,
        two(),
        cache.width() - from,
        block(tile) + 4L * from,
        cache.rowBytes(),
        scored,
        in.scale(),
        scores);
    if (first + n - 1 > minPosition) {
      AttentionTiles.maskLater(scores, two(), first, n, positions);
    }
    if (first < maxFirst) {
      AttentionTiles.maskEarlier(scores, two(), first + in.window(), n, positions);
    }
  }

  void softmax(int tile, long scores) {
    AttentionTiles.softmax(scores, two(), keysOf(tile), maxima, sums, corrections(scores));
  }

  private long corrections(long scores) {
    return scores + cache.blockTokens() * AttentionTiles.ROW_BYTES;
  }

  /** Adds the tile's values to columns {@code column} to {@code to} of the outputs. */
  void accumulate(int tile, long scores, int column, int to) {
    int first = tile * cache.blockTokens();
    for (int i = 0; i < tokens; i++) {
      // A row adds none but its own keys: others may hold anything.
      int from = Math.max(0, in.first(firstToken + i) - first);
      int n = Math.min(keysOf(tile), in.position(firstToken + i) + 1 - first) - from;
      if (n > 0) {
        long lane = 4L * i * heads;
        AttentionTiles.accumulate(
            in.out(firstToken + i, firstHead),
            4L * cache.value(),
            heads,
            scores + lane + from * AttentionTiles.ROW_BYTES,
            corrections(scores) + lane,
            block(tile) + from * cache.rowBytes(),
            cache.rowBytes(),
            n,
            column,
            to);
      }
    }
  }

  /** Divides the outputs by the sums of exponentials. */
  void finish() {
    for (int i = 0; i < tokens; i++) {
      for (int h = 0; h < heads; h++) {
        float inverse = 1f / Lanes.getFloat(sums + 4L * (i * heads + h));
        RowKernels.scale(in.out(firstToken + i, firstHead + h), inverse, cache.value());
      }
    }
  }
}
