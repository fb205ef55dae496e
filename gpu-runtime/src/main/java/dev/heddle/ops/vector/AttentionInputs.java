package dev.heddle.ops.vector;

/** The arguments of one attention, and the cut of its query rows into units. */
final class AttentionInputs {
  private static final NativeTensor NONE = new NativeTensor("", 0, 0, true, 0);

  private final LatentCache cache;
  private NativeTensor out = NONE;
  private NativeTensor queryLatent = NONE;
  private NativeTensor query = NONE;
  private NativeTensor positions = NONE;
  private NativeTensor sequences = NONE;
  private NativeTensor blockTables = NONE;
  private int heads;
  private int layer;
  private float scale;

  private int headGroups;
  private int runs; // of tokens that share a unit
  private int[] runToken = new int[0];
  private int[] runTokens = new int[0];
  private int[] runKeys = new int[0];

  AttentionInputs(LatentCache cache) {
    this.cache = cache;
  }

  void set(
      NativeTensor o,
      NativeTensor ql,
      NativeTensor q,
      int headCount,
      int cacheLayer,
      NativeTensor at,
      NativeTensor rows,
      NativeTensor tables,
      float factor) {
    out = o;
    queryLatent = ql;
    query = q;
    heads = headCount;
    layer = cacheLayer;
    positions = at;
    sequences = rows;
    blockTables = tables;
    scale = factor;
  }

  /** Cuts the rows of {@code count} tokens into units; returns the keys of all of them together. */
  long cut(int count) {
    if (runToken.length < out.rows()) { // once, as the tensor has its size for good
      runToken = new int[out.rows()];
      runTokens = new int[out.rows()];
      runKeys = new int[out.rows()];
    }
    int tokensOfUnit = Math.max(1, AttentionTiles.ROWS / heads);
    headGroups = Math.ceilDiv(heads, AttentionTiles.ROWS);
    runs = 0;
    long keys = 0;
    for (int t = 0; t < count; t++) {
      int last = runs - 1;
      if (last >= 0
          && runTokens[last] < tokensOfUnit
          && sequences.intAt(runToken[last]) == sequences.intAt(t)) {
        runTokens[last]++;
      } else {
        last = runs++;
        runToken[last] = t;
        runTokens[last] = 1;
        runKeys[last] = 0;
      }
      keys -= runKeys[last];
      runKeys[last] = Math.max(runKeys[last], position(t) + 1);
      keys += runKeys[last];
    }
    return keys * headGroups;
  }

  int units() {
    return runs * headGroups;
  }

  int unitToken(int unit) {
    return runToken[unit / headGroups];
  }

  int unitTokens(int unit) {
    return runTokens[unit / headGroups];
  }

  int unitKeys(int unit) {
    return runKeys[unit / headGroups];
  }

  int unitHead(int unit) {
    return unit % headGroups * AttentionTiles.ROWS;
  }

  int unitHeads(int unit) {
    return Math.min(AttentionTiles.ROWS, heads - unitHead(unit));
  }

  int position(int token) {
    return positions.intAt(token);
  }

  float scale() {
    return scale;
  }

  long out(int token, int head) {
    return out.row(token) + 4L * head * cache.latent();
  }

  long queryLatent(int token, int head) {
    return queryLatent.row(token) + 4L * head * cache.latent();
  }

  /** The last floats of a head's query. */
  long queryRope(int token, int head) {
    int dim = query.cols() / heads;
    return query.row(token) + 4L * ((head + 1L) * dim - cache.rope());
  }

  /** Address of the keys of a tile of a token's sequence. */
  long block(int token, int tile) {
    long table = blockTables.row(sequences.intAt(token));
    return cache.block(layer, Lanes.getInt(table + 4L * tile));
  }
}
