package dev.heddle.model;

import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.AttentionRule;
import dev.heddle.ops.HeadMatrix;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RopeTable;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1) in its absorbed form: a
 * head's keys and values are linear maps of the cached latent, so W_UK is applied to the query and
 * W_UV to the weighted sum of latents, and only latents are cached.
 */
final class MlaAttention implements Attention {
  /** What every layer's attention shares; shapes are [tokens][...]. */
  static final class Shared implements AttentionWorkspace {
    final Ops ops;
    final ModelShape shape;
    final ModelShape.Latent sizes;
    final KvCache cache;
    final RopeTable rope;
    final AttentionRule rule;
    final @Nullable Tensor queryRank; // [queryRank]
    final Tensor query; // [heads * (nope + rope)]
    final Tensor compressed; // [latent + rope]
    final Tensor queryLatent; // [heads * latent]
    final Tensor outLatent; // [heads * latent]
    final Tensor values; // [heads * value]

    Shared(Ops ops, ModelShape shape, ModelShape.Latent a, ModelLimits limits) {
      this.ops = ops;
      this.shape = shape;
      this.sizes = a;
      int tokens = limits.batchTokens();
      int heads = shape.heads();
      cache = AttentionWorkspace.cache(ops, shape, limits);
      rope = RopeTables.build(shape, limits.context(), ops);
      rule = new AttentionRule(heads, RopeTables.attentionScale(shape), 0);
      queryRank = a.queryRank() == 0 ? null : ops.floats("query rank", tokens, a.queryRank());
      query = ops.floats("query", tokens, heads * a.queryDim());
      compressed = ops.floats("compressed", tokens, a.cachedDim());
      queryLatent = ops.floats("query latent", tokens, heads * a.latentRank());
      outLatent = ops.floats("attention latent", tokens, heads * a.latentRank());
      values = ops.floats("values", tokens, heads * a.valueDim());
    }

    @Override
    public KvCache cache() {
      return cache;
    }

    @Override
    public Attention layer(int layer, WeightLoader loader) {
      return new MlaAttention(this, layer, loader);
    }
  }

  /** The query's compression, where the model has one. */
  private record QueryDown(Matrix weight, @Nullable Tensor bias, Tensor norm) {}

  private final Shared shared;
  private final int layer;
  private final @Nullable QueryDown queryDown;
  private final Matrix query;
  private final Matrix compress;
  private final @Nullable Tensor compressBias;
  private final Tensor latentNorm;
  private final HeadMatrix absorbKey; // W_UK transposed: [latent][nope] a head
  private final HeadMatrix absorbValue; // W_UV: [value][latent] a head
  private final Matrix output;
  private final @Nullable Tensor outputBias;

  MlaAttention(Shared shared, int layer, WeightLoader loader) {
    this.shared = shared;
    this.layer = layer;
    ModelShape shape = shared.shape;
    ModelShape.Latent a = shared.sizes;
    int hidden = shape.hidden();
    int heads = shape.heads();
    String at = "model.layers." + layer + ".self_attn.";
    if (a.queryRank() == 0) {
      queryDown = null;
      query = loader.matrix(at + "q_proj.weight", heads * a.queryDim(), hidden);
    } else {
      queryDown =
          new QueryDown(
              loader.matrix(at + "q_a_proj.weight", a.queryRank(), hidden),
              loader.bias(a.bias(), at + "q_a_proj.bias", a.queryRank()),
              loader.vector(at + "q_a_layernorm.weight", a.queryRank()));
      query = loader.matrix(at + "q_b_proj.weight", heads * a.queryDim(), a.queryRank());
    }
    compress = loader.matrix(at + "kv_a_proj_with_mqa.weight", a.cachedDim(), hidden);
    compressBias = loader.bias(a.bias(), at + "kv_a_proj_with_mqa.bias", a.cachedDim());
    latentNorm = loader.vector(at + "kv_a_layernorm.weight", a.latentRank());
    String expand = at + "kv_b_proj.weight"; // a head's rows: nope of its key, then its value
    int stride = a.nopeDim() + a.valueDim();
    absorbKey = loader.headMatrix(expand, heads, stride, 0, a.nopeDim(), a.latentRank(), true);
    absorbValue =
        loader.headMatrix(expand, heads, stride, a.nopeDim(), a.valueDim(), a.latentRank(), false);
    output = loader.matrix(at + "o_proj.weight", hidden, heads * a.valueDim());
    outputBias = loader.bias(a.bias(), at + "o_proj.bias", hidden);
  }

  @Override
  public void forward(Tensor out, Tensor x, BatchInputs batch) {
    Ops ops = shared.ops;
    ModelShape.Latent a = shared.sizes;
    int heads = shared.shape.heads();
    float eps = shared.shape.latentNormEps();
    Rows rows = batch.tokenRows;

    project(x, rows); // query: [heads][nope | rope]
    ops.rope(shared.query, heads, a.queryDim(), a.nopeDim(), shared.rope, batch.positions, rows);

    ops.matmul(shared.compressed, x, compress, compressBias, rows); // [latent | rope]
    ops.storeLatent(
        shared.cache,
        layer,
        shared.compressed,
        latentNorm,
        eps,
        shared.rope,
        batch.positions,
        batch.kvSlots,
        rows);

    ops.headMatmul(shared.queryLatent, shared.query, a.queryDim(), absorbKey, rows);
    ops.attention(
        shared.outLatent,
        shared.queryLatent,
        shared.query,
        shared.rule,
        shared.cache,
        layer,
        batch.positions,
        batch.sequences,
        batch.blockTables,
        rows);
    ops.headMatmul(shared.values, shared.outLatent, a.latentRank(), absorbValue, rows);
    ops.matmul(out, shared.values, output, outputBias, rows);
  }

  private void project(Tensor x, Rows rows) {
    Ops ops = shared.ops;
    Tensor rank = shared.queryRank;
    if (queryDown == null || rank == null) {
      ops.matmul(shared.query, x, query, null, rows);
    } else {
      ops.matmul(rank, x, queryDown.weight, queryDown.bias, rows);
      ops.rmsNorm(rank, rank, queryDown.norm, shared.shape.latentNormEps(), rows);
      ops.matmul(shared.query, rank, query, null, rows);
    }
  }
}
