package dev.heddle.model;

import dev.heddle.experts.ExpertLayout;
import dev.heddle.format.DType;
import dev.heddle.format.model.ModelShape;

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
    int element = loadedBytes(shape.dtype());
    long embedding = (long) shape.vocabulary() * shape.hidden();
    return new MemoryEstimate(
        (denseElements(shape) + (shape.tiedEmbeddings() ? embedding : 0)) * element,
        slotBytes(shape),
        kvTokenBytes(shape),
        workspaceBytes(shape, limits));
  }

  /** Bytes of one filled expert slot. */
  public static long slotBytes(ModelShape shape) {
    return shape.expertElements() * loadedBytes(shape.dtype());
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

  /** F16 is widened. */
  private static int loadedBytes(DType dtype) {
    return dtype == DType.F16 ? Float.BYTES : dtype.bytes();
  }

  /** Elements of everything but routed and shared experts. */
  private static long denseElements(ModelShape shape) {
    long embedding = (long) shape.vocabulary() * shape.hidden();
    return layerElements(shape) + embedding * (shape.tiedEmbeddings() ? 1 : 2);
  }

  /** Elements of all layers, routers included, but for their experts. */
  static long layerElements(ModelShape shape) {
    ModelShape.Latent a = shape.attention();
    long hidden = shape.hidden();
    long queries = (long) shape.heads() * a.queryDim();
    long query = a.queryRank() == 0 ? queries * hidden : a.queryRank() * (hidden + 1 + queries);
    long keyValue =
        a.cachedDim() * hidden
            + a.latentRank()
            + (long) shape.heads() * (a.nopeDim() + a.valueDim()) * a.latentRank();
    long output = (long) shape.heads() * a.valueDim() * hidden;
    long biases = a.bias() ? a.queryRank() + a.cachedDim() + hidden : 0;
    long attention = query + keyValue + output + biases + 2 * hidden;
    long denseLayers = (long) shape.layers() - shape.moeLayers();
    return shape.layers() * attention
        + denseLayers * 3 * hidden * shape.denseIntermediate()
        + shape.moeLayers() * (long) shape.experts().routed() * hidden
        + hidden;
  }

  private static long workspaceBytes(ModelShape shape, ModelLimits limits) {
    ModelShape.Latent a = shape.attention();
    ModelShape.Experts e = shape.experts();
    int perToken = e.topK() + e.shared();
    long token =
        3L * shape.hidden()
            + a.queryRank()
            + a.cachedDim()
            + (long) shape.heads() * (a.queryDim() + 2L * a.latentRank() + a.valueDim())
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
}
