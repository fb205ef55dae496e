package dev.heddle.ops.vector;

import dev.heddle.ops.AttentionRule;
import org.jspecify.annotations.Nullable;

/** The arguments of one attention, and the cut of its query rows into units. */
final class AttentionInputs {
  private static final NativeTensor NONE = new NativeTensor("", 0, 0, true, 0);
  private static final AttentionRule NO_RULE = new AttentionRule(1, 1f, 0);

  private final KeyValueRows cache;
  private NativeTensor out = NONE;
  private NativeTensor queryValue = NONE;
  private boolean valuesScore;
  private NativeTensor query = NONE;
  private NativeTensor positions = NONE;
  private NativeTensor sequences = NONE;
  private NativeTensor blockTables = NONE;
  private AttentionRule rule = NO_RULE;
  private int layer;

  private int headsOfGroup;
  private int partsOfGroup; // units that the heads of one group make
  private int headParts; // and those of all groups
  private int runs; // of tokens that share a unit
  private int[] runToken = new int[0];
  private int[] runTokens = new int[0];
  private int[] runTile = new int[0]; // the first one with keys
  private int[] runEnd = new int[0]; // after the last key

  AttentionInputs(KeyValueRows cache) {
    this.cache = cache;
  }

  void set(
      NativeTensor o,
      @Nullable NativeTensor qv,
      NativeTensor q,
      AttentionRule attentionRule,
      int cacheLayer,
      NativeTensor at,
      NativeTensor rows,
      NativeTensor tables) {
    out = o;
    valuesScore = qv != null;
    queryValue = qv == null ? NONE : qv;
    query = q;
    rule = attentionRule;
    layer = cacheLayer;
    positions = at;
    sequences = rows;
    blockTables = tables;
  }

  /** Cuts the rows of {@code count} tokens into units; returns the keys of all of them together. */
  long cut(int count) {
    if (runToken.length < out.rows()) { // once, as the tensor has its size for good
      runToken = new int[out.rows()];
      runTokens = new int[out.rows()];
      runTile = new int[out.rows()];
      runEnd = new int[out.rows()];
    }
    headsOfGroup = rule.heads() / cache.shape().groups();
    int tokensOfUnit = Math.max(1, AttentionTiles.ROWS / headsOfGroup);
    partsOfGroup = Math.ceilDiv(headsOfGroup, AttentionTiles.ROWS);
    headParts = cache.shape().groups() * partsOfGroup;
    runs = 0;
    long keys = 0;
    for (int t = 0; t < count; t++) {
      int last = runs - 1;
      int tile = first(t) / cache.blockTokens();
      if (last >= 0
          && runTokens[last] < tokensOfUnit
          && runTile[last] == tile // so that every row has keys in the unit's first tile
          && sequences.intAt(runToken[last]) == sequences.intAt(t)) {
        runTokens[last]++;
      } else {
        last = runs++;
        runToken[last] = t;
        runTokens[last] = 1;
        runTile[last] = tile;
        runEnd[last] = tile * cache.blockTokens();
      }
      int end = Math.max(runEnd[last], position(t) + 1);
      keys += end - runEnd[last];
      runEnd[last] = end;
    }
    return keys * headParts;
  }

  int units() {
    return runs * headParts;
  }

  int unitToken(int unit) {
    return runToken[unit / headParts];
  }

  int unitTokens(int unit) {
    return runTokens[unit / headParts];
  }

  /** First tile with keys of its rows; each of them has one in it. */
  int unitTile(int unit) {
    return runTile[unit / headParts];
  }

  /** Position after its last key. */
  int unitEnd(int unit) {
    return runEnd[unit / headParts];
  }

  /** Keys of its tiles. */
  int unitKeys(int unit) {
    return unitEnd(unit) - unitTile(unit) * cache.blockTokens();
  }

  /** The group whose rows its heads read. */
  int unitGroup(int unit) {
    return unit % headParts / partsOfGroup;
  }

  int unitHead(int unit) {
    return unitGroup(unit) * headsOfGroup + unit % partsOfGroup * AttentionTiles.ROWS;
  }

  int unitHeads(int unit) {
    int end = (unitGroup(unit) + 1) * headsOfGroup;
    return Math.min(AttentionTiles.ROWS, end - unitHead(unit));
  }

  int position(int token) {
    return positions.intAt(token);
  }

  /** Position of the first key of a token. */
  int first(int token) {
    return rule.first(position(token));
  }

  /** Tokens that each attends to; 0 for all. */
  int window() {
    return rule.window();
  }

  float scale() {
    return rule.scale();
  }

  long out(int token, int head) {
    return out.row(token) + 4L * head * cache.value();
  }

  /** First float of a row that scores. */
  int scoredFrom() {
    return valuesScore ? 0 : cache.value();
  }

  long queryValue(int token, int head) {
    return queryValue.row(token) + 4L * head * cache.value();
  }

  /** The last floats of a head's query. */
  long queryKey(int token, int head) {
    int dim = query.cols() / rule.heads();
    return query.row(token) + 4L * ((head + 1L) * dim - cache.key());
  }

  /** Address of a group's rows of a tile of a token's sequence. */
  long block(int token, int group, int tile) {
    long table = blockTables.row(sequences.intAt(token));
    return cache.block(layer, group, Lanes.getInt(table + 4L * tile));
  }
}
