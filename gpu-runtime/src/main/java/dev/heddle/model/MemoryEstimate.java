package dev.heddle.model;

import dev.heddle.experts.ExpertLayout;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.ModelShape.Grouped;
import dev.heddle.format.model.ModelShape.Latent;
import dev.heddle.format.model.ModelTensors;
import dev.heddle.ops.Precision;
import java.util.List;
import java.util.Map;

/**
 * What a model takes in memory, in bytes, as the CPU backends lay it out; what they pad is left
 * out.
 *
 * @param weights everything but the experts
 * @param slot one filled expert slot
 * @param kvToken the KV of one token, all layers
 * @param workspace activations, inputs, logits, tables of one forward pass at its largest
 */
public record MemoryEstimate(long weights, long slot, long kvToken, long workspace) {
  /** The estimate for a shape within limits. */
  public static MemoryEstimate of(ModelShape shape, ModelLimits limits) {
    return new MemoryEstimate(
        weightBytes(shape, limits.precision()),
        slotBytes(shape, limits.precision()),
        kvTokenBytes(shape),
        workspaceBytes(shape, limits));
  }

  /** All of it, with every slot and every KV block of the limits in use. */
  public long total(ModelLimits limits) {
    long kv = (long) limits.kvBlocks() * limits.blockTokens() * kvToken;
    return weights + limits.slots() * slot + kv + workspace;
  }

  /** Bytes of one filled expert slot. */
  public static long slotBytes(ModelShape shape, Precision precision) {
    return precision.ofExperts(shape.dtype()).bytes(shape.expertElements());
  }

  /** Bytes of everything but the experts; an embedding that is the head, too, is there twice. */
  private static long weightBytes(ModelShape shape, Precision precision) {
    long bytes =
        shape.tiedEmbeddings()
            ? loadedBytes(shape, precision, ModelTensors.EMBEDDING, embedding(shape))
            : 0;
    for (var tensor : ModelTensors.withoutExperts(shape).entrySet()) {
      bytes += loadedBytes(shape, precision, tensor.getKey(), elements(tensor.getValue()));
    }
    return bytes;
  }

  private static long loadedBytes(
      ModelShape shape, Precision precision, String tensor, long elements) {
    return precision.of(tensor, shape.dtype()).bytes(elements);
  }

  /** Bytes of one token's KV in all layers; it is kept in float32. */
  public static long kvTokenBytes(ModelShape shape) {
    return (long) shape.layers() * shape.attention().cachedDim() * Float.BYTES;
  }

  /** Slots that the base's experts occupy. */
  public static int baseSlots(ModelShape shape) {
    return ExpertLayout.of(shape).baseSlots();
  }

  /** Bytes of the checkpoint's weights, experts included. */
  public static long checkpointBytes(ModelShape shape) {
    long elements = denseElements(shape) + baseSlots(shape) * shape.expertElements();
    return elements * shape.dtype().bytes();
  }

  /** Elements of everything but routed and shared experts. */
  private static long denseElements(ModelShape shape) {
    return layerElements(shape) + embedding(shape) * (shape.tiedEmbeddings() ? 1 : 2);
  }

  private static long embedding(ModelShape shape) {
    return (long) shape.vocabulary() * shape.hidden();
  }

  private static long elements(List<Integer> sizes) {
    return sizes.stream().mapToLong(Integer::longValue).reduce(1, (x, y) -> x * y);
  }

  /** Elements of all layers, routers included, but for their experts. */
  static long layerElements(ModelShape shape) {
    long elements = shape.hidden(); // the last norm
    for (Map.Entry<String, List<Integer>> tensor : ModelTensors.withoutExperts(shape).entrySet()) {
      if (tensor.getKey().startsWith("model.layers.")) {
        elements += elements(tensor.getValue());
      }
    }
    return elements;
  }

  private static long workspaceBytes(ModelShape shape, ModelLimits limits) {
    ModelShape.Attention a = shape.attention();
    ModelShape.Experts e = shape.experts();
    int perToken = e.topK() + e.shared();
    long token =
        3L * shape.hidden()
            + a.cachedDim()
            + attentionFloats(shape)
            + 2L * shape.denseIntermediate()
            + e.routed()
            // Inputs and outputs of the experts, as a backend groups them.
            + perToken * (2L * shape.hidden() + 2L * e.intermediate() + 8L);
    long logits = (long) limits.logitRows() * (shape.hidden() + shape.vocabulary());
    long tables =
        (long) limits.context() * a.ropeDim()
            + (long) limits.sequences() * limits.blocksPerSequence()
            + (long) shape.moeLayers() * limits.adapterRows() * (e.columns() + e.routed());
    return (limits.batchTokens() * token + logits + tables) * Float.BYTES;
  }

  /** Floats of one token's queries and of what is made of them. */
  private static long attentionFloats(ModelShape shape) {
    return switch (shape.attention()) {
      case Latent a ->
          a.queryRank()
              + (long) shape.heads() * (a.queryDim() + 2L * a.latentRank() + a.valueDim());
      case Grouped a -> 2L * shape.heads() * a.headDim();
    };
  }
}
