package dev.heddle.model;

import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.ModelShape.QueryKeyNorm;
import dev.heddle.ops.AttentionRule;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RopeTable;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Grouped-query attention (arXiv 2305.13245): heads of a group share a key and a value, which are
 * cached. Queries and keys may be normalised before they are rotated. A layer with a window reads
 * the last tokens alone; what is cached of earlier ones stays.
 */
final class GroupedAttention implements Attention {
  /** What every layer's attention shares; shapes are [tokens][...]. */
  static final class Shared implements AttentionWorkspace {
    final Ops ops;
    final ModelShape shape;
    final ModelShape.Grouped sizes;
    final KvCache cache;
    final RopeTable rope;
    final Tensor query; // [heads * head]
    final Tensor key; // [groups * head]
    final Tensor value; // [groups * head]
    final Tensor values; // [heads * head]

    Shared(Ops ops, ModelShape shape, ModelShape.Grouped sizes, ModelLimits limits) {
      this.ops = ops;
      this.shape = shape;
      this.sizes = sizes;
      int tokens = limits.batchTokens();
      int queries = shape.heads() * sizes.headDim();
      int keys = sizes.keyValueHeads() * sizes.headDim();
      cache = AttentionWorkspace.cache(ops, shape, limits);
      rope = RopeTables.build(shape, limits.context(), ops);
      query = ops.floats("query", tokens, queries);
      key = ops.floats("key", tokens, keys);
      value = ops.floats("value", tokens, keys);
      values = ops.floats("values", tokens, queries);
    }

    @Override
    public KvCache cache() {
      return cache;
    }

    @Override
    public Attention layer(int layer, WeightLoader loader) {
      return new GroupedAttention(this, layer, loader);
    }
  }

  /** A linear layer whose result may be normalised. */
  private record Projection(Matrix weight, @Nullable Tensor bias, @Nullable Tensor norm) {}

  private final Shared shared;
  private final int layer;
  private final AttentionRule rule;
  private final Projection query;
  private final Projection key;
  private final Projection value;
  private final Projection output;

  GroupedAttention(Shared shared, int layer, WeightLoader loader) {
    this.shared = shared;
    this.layer = layer;
    ModelShape.Grouped a = shared.sizes;
    rule =
        new AttentionRule(
            shared.shape.heads(), RopeTables.attentionScale(shared.shape), a.window(layer));
    int hidden = shared.shape.hidden();
    int queries = shared.shape.heads() * a.headDim();
    int keys = a.keyValueHeads() * a.headDim();
    String at = "model.layers." + layer + ".self_attn.";
    query =
        projection(
            loader, at + "q_proj", queries, hidden, a.inputBias(), norm(loader, at + "q", queries));
    key =
        projection(
            loader, at + "k_proj", keys, hidden, a.inputBias(), norm(loader, at + "k", keys));
    value = projection(loader, at + "v_proj", keys, hidden, a.inputBias(), null);
    output = projection(loader, at + "o_proj", hidden, queries, a.outputBias(), null);
  }

  private @Nullable Tensor norm(WeightLoader loader, String name, int width) {
    QueryKeyNorm norm = shared.sizes.norm();
    if (norm == QueryKeyNorm.NONE) {
      return null;
    }
    int size = norm == QueryKeyNorm.HEAD ? shared.sizes.headDim() : width;
    return loader.vector(name + "_norm.weight", size);
  }

  private static Projection projection(
      WeightLoader loader, String name, int out, int in, boolean bias, @Nullable Tensor norm) {
    return new Projection(
        loader.matrix(name + ".weight", out, in), loader.bias(bias, name + ".bias", out), norm);
  }

  @Override
  public void forward(Tensor out, Tensor x, BatchInputs batch) {
    Ops ops = shared.ops;
    ModelShape.Grouped a = shared.sizes;
    int heads = shared.shape.heads();
    Rows rows = batch.tokenRows;

    project(shared.query, x, query, rows);
    ops.rope(shared.query, heads, a.headDim(), 0, shared.rope, batch.positions, rows);
    project(shared.key, x, key, rows);
    ops.rope(shared.key, a.keyValueHeads(), a.headDim(), 0, shared.rope, batch.positions, rows);
    project(shared.value, x, value, rows);
    ops.storeKeyValue(shared.cache, layer, shared.value, shared.key, batch.kvSlots, rows);
    ops.attention(
        shared.values,
        null,
        shared.query,
        rule,
        shared.cache,
        layer,
        batch.positions,
        batch.sequences,
        batch.blockTables,
        rows);
    project(out, shared.values, output, rows);
  }

  private void project(Tensor out, Tensor x, Projection projection, Rows rows) {
    shared.ops.matmul(out, x, projection.weight, projection.bias, rows);
    if (projection.norm != null) {
      shared.ops.rmsNorm(out, out, projection.norm, shared.shape.rmsNormEps(), rows);
    }
  }
}
