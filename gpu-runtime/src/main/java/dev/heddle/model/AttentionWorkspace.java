package dev.heddle.model;

import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.ModelShape.Grouped;
import dev.heddle.format.model.ModelShape.Latent;
import dev.heddle.ops.CacheShape;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Ops;

/** What the attention of all layers shares: the KV cache, tables and activations. */
interface AttentionWorkspace {
  KvCache cache();

  /** The attention of one layer. */
  Attention layer(int layer, WeightLoader loader);

  static AttentionWorkspace of(Ops ops, ModelShape shape, ModelLimits limits) {
    return switch (shape.attention()) {
      case Latent latent -> new MlaAttention.Shared(ops, shape, latent, limits);
      case Grouped grouped -> new GroupedAttention.Shared(ops, shape, grouped, limits);
    };
  }

  static KvCache cache(Ops ops, ModelShape shape, ModelLimits limits) {
    ModelShape.Attention a = shape.attention();
    return ops.kvCache(
        new CacheShape(shape.layers(), a.cacheGroups(), a.valueWidth(), a.keyWidth()),
        limits.kvBlocks(),
        limits.blockTokens());
  }
}
