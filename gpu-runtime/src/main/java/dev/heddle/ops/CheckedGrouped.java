package dev.heddle.ops;

import dev.heddle.format.DType;

/** Grouped-query attention, with biases, and norms of queries and keys. */
final class CheckedGrouped implements CheckedAttention {
  private static final int HEADS = 6;
  private static final int GROUPS = 2;
  private static final int HEAD = 40;
  private static final int WINDOW = 7;

  private final CheckTensors t;
  private final AttentionRule rule;
  private final Tensor query;
  private final Tensor key;
  private final Tensor value;
  private final Tensor out;
  private final Tensor norm;
  private final Tensor bias;
  private final RopeTable rope;
  private final Matrix queryMatrix;
  private final Matrix keyMatrix;
  private final Matrix valueMatrix;
  private final KvCache cache;

  CheckedGrouped(CheckTensors tensors, boolean window) {
    t = tensors;
    rule = new AttentionRule(HEADS, 0.1f, window ? WINDOW : 0);
    query = t.floats("query", HEADS * HEAD);
    key = t.floats("key", GROUPS * HEAD);
    value = t.floats("value", GROUPS * HEAD);
    out = t.floats("attention", width());
    norm = t.vector("head norm", HEAD);
    bias = t.vector("bias", GROUPS * HEAD);
    rope = t.rope(HEAD / 2, true);
    queryMatrix = t.matrix(DType.BF16, HEADS * HEAD, SelfCheck.HIDDEN);
    keyMatrix = t.matrix(DType.F32, GROUPS * HEAD, SelfCheck.HIDDEN);
    valueMatrix = t.matrix(DType.BF16, GROUPS * HEAD, SelfCheck.HIDDEN);
    CacheShape shape = new CacheShape(1, GROUPS, HEAD, HEAD);
    cache = t.ops.kvCache(shape, CheckTensors.BLOCKS, CheckTensors.BLOCK);
  }

  @Override
  public void pass(Tensor x) {
    Ops ops = t.ops;
    ops.matmul(query, x, queryMatrix, null, t.rows);
    ops.rmsNorm(query, query, norm, 1e-6f, t.rows);
    ops.rope(query, HEADS, HEAD, 0, rope, t.positions, t.rows);
    ops.matmul(key, x, keyMatrix, bias, t.rows);
    ops.rmsNorm(key, key, norm, 1e-6f, t.rows);
    ops.rope(key, GROUPS, HEAD, 0, rope, t.positions, t.rows);
    ops.matmul(value, x, valueMatrix, bias, t.rows);
    ops.storeKeyValue(cache, 0, value, key, t.positions, t.rows);
    ops.attention(
        out, null, query, rule, cache, 0, t.positions, t.sequences, t.blockTables, t.rows);
  }

  @Override
  public Tensor out() {
    return out;
  }

  @Override
  public int width() {
    return HEADS * HEAD;
  }
}
