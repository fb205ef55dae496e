package dev.heddle.model;

import dev.heddle.experts.ExpertBackend;
import dev.heddle.experts.ExpertLayout;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.ModelTensors;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RowMath;
import dev.heddle.ops.RowReader;
import dev.heddle.ops.RowScoring;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A Mixture-of-Experts decoder on a backend: the base's weights, slots for experts, the expert map,
 * the KV cache, and one forward pass over a batch of tokens of any sequences and adapters.
 *
 * <p>A token's logits are a function of its sequence's tokens and of the experts its adapter row
 * maps to alone, to the bit: not of the rest of the batch, of how its prompt was cut into chunks,
 * of which KV blocks or slots it uses.
 *
 * <p><b>Threads.</b> One thread makes all calls, except {@link #fillSlot} and {@link #clearSlot},
 * which any thread may make for slots that no map in use refers to. A pass allocates nothing where
 * the backend does not. The backend is closed by whoever made it.
 */
public final class MoeModel implements StepModel, ExpertBackend {
  private final Ops ops;
  private final ModelShape shape;
  private final ExpertLayout layout;
  private final ModelLimits limits;
  private final BatchInputs inputs;
  private final Workspace work;
  private final ExpertPool pool;
  private final RowTable embedding;
  private final List<DecoderLayer> layers = new ArrayList<>();
  private final Tensor norm;
  private final Matrix head;

  private MoeModel(WeightLoader loader, Ops ops, ModelLimits limits) {
    this.ops = ops;
    this.shape = loader.shape();
    this.layout = ExpertLayout.of(shape);
    this.limits = limits;
    int hidden = shape.hidden();
    if (limits.slots() < baseSlots()) {
      throw new IllegalArgumentException(
          "the base alone needs " + baseSlots() + " expert slots, not " + limits.slots());
    }
    pool =
        ops.expertPool(
            limits.slots(),
            hidden,
            shape.experts().intermediate(),
            limits.precision().ofExperts(shape.dtype()));
    inputs = new BatchInputs(ops, shape, limits);
    work = new Workspace(ops, shape, limits, pool);
    embedding = loader.rowTable(ModelTensors.EMBEDDING, shape.vocabulary(), hidden);
    int moeLayer = 0;
    for (int layer = 0; layer < shape.layers(); layer++) {
      FeedForward feedForward =
          shape.isMoe(layer)
              ? experts(layer, moeLayer++, loader)
              : new DenseMlp(ops, work.dense, layer, loader);
      Attention attention = work.attention.layer(layer, loader);
      layers.add(new DecoderLayer(ops, work, layer, attention, feedForward, loader));
    }
    norm = loader.vector("model.norm.weight", hidden);
    String headName = shape.tiedEmbeddings() ? ModelTensors.EMBEDDING : "lm_head.weight";
    head = loader.matrix(headName, shape.vocabulary(), hidden);
    ops.prepare(this::pass);
    loader.finish();
  }

  /** A MoE layer; its base experts take the layer's first slots and row 0 of its map. */
  private ExpertFfn experts(int layer, int moeLayer, WeightLoader loader) {
    int[] slots = layout.baseRow(moeLayer);
    IntStream.range(0, slots.length)
        .parallel()
        .forEach(column -> loader.expert(pool, slots[column], layer, column));
    writeMap(0, moeLayer, slots);
    return new ExpertFfn(ops, pool, new Router(ops, work.router, layer, moeLayer, loader));
  }

  /**
   * Loads a model; the folder may be closed afterwards.
   *
   * @throws IllegalArgumentException if limits have too few slots for the base's experts
   */
  public static MoeModel load(ModelFolder folder, Ops ops, ModelLimits limits, Progress progress) {
    return load(WeightSource.of(folder), ops, limits, progress);
  }

  /** As the other, from anywhere. */
  public static MoeModel load(WeightSource source, Ops ops, ModelLimits limits, Progress progress) {
    return new MoeModel(new WeightLoader(source, ops, limits.precision(), progress), ops, limits);
  }

  public ModelShape shape() {
    return shape;
  }

  public ModelLimits limits() {
    return limits;
  }

  /** The backend's name. */
  public String backend() {
    return ops.name();
  }

  /** Whether passes can add up what routers decide, in {@link StepBatch#routing}. */
  public boolean showsRouting() {
    return ops.readsWithinPass();
  }

  /** A batch as large as the limits allow. */
  public StepBatch newBatch() {
    return new StepBatch(
        limits.batchTokens(), limits.sequences(), limits.logitRows(), limits.blocksPerSequence());
  }

  /**
   * Computes a step: writes the KV of its tokens, and the logits that follow {@link
   * StepBatch#logitTokens}.
   *
   * @throws IllegalArgumentException if the batch refers to what is not there, or wants sums of
   *     what routers decide where {@link #showsRouting} is false
   */
  @Override
  public void forward(StepBatch batch) {
    inputs.upload(batch);
    ops.beginPass();
    pass();
    ops.endPass();
  }

  /** The operations of a pass: the same calls whatever the batch, whose counts are tensors. */
  private void pass() {
    Tensor x = work.residual; // [tokens][hidden]
    ops.embed(x, embedding, inputs.tokens, inputs.tokenRows);
    for (int layer = 0; layer < layers.size(); layer++) { // an iterator would be an object
      layers.get(layer).forward(x, inputs);
    }
    ops.gather(work.last, x, inputs.logitTokens, inputs.logitRows); // [logit rows][hidden]
    ops.rmsNorm(work.last, work.last, norm, shape.rmsNormEps(), inputs.logitRows);
    ops.matmul(work.logits, work.last, head, null, inputs.logitRows); // [logit rows][vocabulary]
  }

  /** Copies row {@code row} of the last step's logits; {@code target} has the vocabulary's size. */
  @Override
  public void logits(int row, float[] target) {
    ops.read(work.logits, row, target);
  }

  /** Scores rows of the last step's logits; see {@link Ops#score}. */
  @Override
  public void score(RowScoring rows) {
    ops.score(work.logits, rows);
  }

  @Override
  public void show(RowReader rows) {
    ops.show(work.logits, rows);
  }

  @Override
  public int lanes() {
    return ops.lanes();
  }

  @Override
  public RowMath rowMath() {
    return ops.rowMath();
  }

  // ---- experts: slots, and the map of columns to them

  /** Slots 0 to this less one belong to the base. */
  public int baseSlots() {
    return layout.baseSlots();
  }

  /** Bytes that a filled slot takes. */
  public long slotBytes() {
    return pool.slotBytes();
  }

  /** [moeLayer][column]: the slots of the base's experts, as row 0 of the map has them. */
  public int[][] baseMap() {
    return layout.baseMap();
  }

  /**
   * Sets one layer of an adapter's row of the expert map, between steps. A row is written in every
   * MoE layer before a token uses it.
   *
   * @param moeLayer number among the MoE layers
   * @param slots slot of each column, M + S of them, all filled
   */
  @Override
  public void writeMap(int adapterRow, int moeLayer, int[] slots) {
    if (adapterRow < 0
        || adapterRow >= limits.adapterRows()
        || slots.length != shape.experts().columns()) {
      throw new IllegalArgumentException("no such row of the expert map: " + adapterRow);
    }
    for (int slot : slots) {
      if (slot < 0 || slot >= limits.slots()) {
        throw new IllegalArgumentException("no such expert slot: " + slot);
      }
    }
    ops.writeRow(work.router.map(), moeLayer * limits.adapterRows() + adapterRow, slots);
  }

  /** Numbers that {@link #readRouted} gives: MoE layers x adapter rows x routed columns. */
  public int routedCounters() {
    return shape.moeLayers() * limits.adapterRows() * shape.experts().routed();
  }

  /**
   * Copies how many tokens of each adapter row were sent to each routed column since the model was
   * loaded, between steps. A number goes from 2^31 - 1 on to -2^31, so differences are what counts.
   *
   * @param target [moeLayer][adapterRow][column], {@link #routedCounters} of them
   */
  @Override
  public void readRouted(int[] target) {
    if (target.length != routedCounters()) {
      throw new IllegalArgumentException("there are " + routedCounters() + " counters");
    }
    if (target.length > 0) {
      ops.read(work.router.counts(), 0, target);
    }
  }

  /** Packs an expert into a slot; the weights may go away afterwards. */
  @Override
  public void fillSlot(int slot, ExpertWeights weights) {
    ops.fillSlot(pool, slot, weights);
  }

  /** Gives a slot's memory back. */
  @Override
  public void clearSlot(int slot) {
    ops.clearSlot(pool, slot);
  }

  /** Copies one KV block to another, in every layer. */
  @Override
  public void copyBlock(int from, int to) {
    ops.copyBlock(work.attention.cache(), from, to);
  }
}
