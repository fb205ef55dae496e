package dev.heddle.ops;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import java.util.List;

/** Absorbed latent attention. */
final class CheckedLatent implements CheckedAttention {
  private static final int HEADS = 3;
  private static final int LATENT = 80;
  private static final int ROPE = 16;
  private static final AttentionRule RULE = new AttentionRule(HEADS, 0.1f, 0);

  private final CheckTensors t;
  private final Tensor query;
  private final Tensor queryLatent;
  private final Tensor out;
  private final Tensor compressed;
  private final Tensor norm;
  private final RopeTable rope;
  private final Matrix queryMatrix;
  private final Matrix compress;
  private final HeadMatrix absorb;
  private final KvCache cache;

  CheckedLatent(CheckTensors tensors) {
    t = tensors;
    query = t.floats("query", HEADS * 2 * ROPE);
    queryLatent = t.floats("query latent", HEADS * LATENT);
    out = t.floats("attention", width());
    compressed = t.floats("compressed", LATENT + ROPE);
    norm = t.vector("latent norm", LATENT);
    rope = t.rope(ROPE / 2, false);
    queryMatrix = t.matrix(DType.BF16, HEADS * 2 * ROPE, SelfCheck.HIDDEN);
    compress = t.matrix(DType.F32, LATENT + ROPE, SelfCheck.HIDDEN);
    List<MatrixData> heads =
        List.of(
            t.weights(DType.BF16, LATENT, ROPE),
            t.weights(DType.BF16, LATENT, ROPE),
            t.weights(DType.BF16, LATENT, ROPE));
    absorb = t.ops.headMatrix("absorb", heads, false);
    CacheShape shape = new CacheShape(1, 1, LATENT, ROPE);
    cache = t.ops.kvCache(shape, CheckTensors.BLOCKS, CheckTensors.BLOCK);
  }

  @Override
  public void pass(Tensor x) {
    Ops ops = t.ops;
    ops.matmul(query, x, queryMatrix, null, t.rows);
    ops.rope(query, HEADS, 2 * ROPE, ROPE, rope, t.positions, t.rows);
    ops.matmul(compressed, x, compress, null, t.rows);
    ops.storeLatent(cache, 0, compressed, norm, 1e-6f, rope, t.positions, t.positions, t.rows);
    ops.headMatmul(queryLatent, query, 2 * ROPE, absorb, t.rows);
    ops.attention(
        out, queryLatent, query, RULE, cache, 0, t.positions, t.sequences, t.blockTables, t.rows);
  }

  @Override
  public Tensor out() {
    return out;
  }

  @Override
  public int width() {
    return HEADS * LATENT;
  }
}
