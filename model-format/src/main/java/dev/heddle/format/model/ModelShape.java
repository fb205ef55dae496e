package dev.heddle.format.model;

import dev.heddle.format.DType;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a Mixture-of-Experts decoder, whatever generation of {@code config.json} it came
 * from. Sizes are counts of elements, all &ge; 1 unless said otherwise.
 *
 * @param family name of the architecture, e.g. {@code deepseek_v2}
 * @param dtype element type of the checkpoint's weights
 * @param vocabulary rows of the embedding and of lm_head
 * @param hidden width H of the residual stream
 * @param layers number of decoder layers
 * @param heads attention heads
 * @param attention its sizes
 * @param denseIntermediate width of the MLP of a dense layer
 * @param experts routed and shared experts of a MoE layer
 * @param rope rotary embedding
 * @param rmsNormEps epsilon of every norm but the two latent ones
 * @param latentNormEps epsilon of q_a_layernorm and kv_a_layernorm, where there are any
 * @param tiedEmbeddings lm_head is the embedding
 * @param maxContext positions the checkpoint is made for
 * @param bosToken id prepended by chat templates, if the checkpoint has one
 * @param eosTokens ids that end a sequence; empty when the checkpoint names none
 */
public record ModelShape(
    String family,
    DType dtype,
    int vocabulary,
    int hidden,
    int layers,
    int heads,
    Attention attention,
    int denseIntermediate,
    Experts experts,
    Rope rope,
    float rmsNormEps,
    float latentNormEps,
    boolean tiedEmbeddings,
    int maxContext,
    @Nullable Integer bosToken,
    List<Integer> eosTokens) {

  public ModelShape {
    eosTokens = List.copyOf(eosTokens);
  }

  /**
   * How a token attends to those before it. What is cached of a token and layer is {@link
   * #cacheGroups()} rows of a value part and a key part, and a head reads those of its group.
   */
  public sealed interface Attention permits Latent, Grouped {
    /** Rows cached for a token and layer; it divides the heads. */
    int cacheGroups();

    /** Floats of a row that heads sum up. */
    int valueWidth();

    /** Floats of a row after them, which only tell how much a key counts. */
    int keyWidth();

    /** Width of one head's query. */
    int queryDim();

    /** Floats of a head that are rotated by position, even. */
    int ropeDim();

    /** Floats cached for a token and layer. */
    default int cachedDim() {
      return cacheGroups() * (valueWidth() + keyWidth());
    }
  }

  /**
   * Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1).
   *
   * @param queryRank rank of the query's compression, 0 when queries are projected directly
   * @param latentRank width of the cached latent (kv_lora_rank)
   * @param nopeDim width of a head's part without position
   * @param ropeDim width of a head's part with position, even
   * @param valueDim width of a head's value
   * @param bias q_a_proj, kv_a_proj and o_proj have a bias
   */
  public record Latent(
      int queryRank, int latentRank, int nopeDim, int ropeDim, int valueDim, boolean bias)
      implements Attention {
    @Override
    public int queryDim() {
      return nopeDim + ropeDim;
    }

    @Override
    public int cacheGroups() {
      return 1;
    }

    @Override
    public int valueWidth() {
      return latentRank;
    }

    @Override
    public int keyWidth() {
      return ropeDim;
    }
  }

  /**
   * Grouped-query attention (arXiv 2305.13245): several heads share a key and a value.
   *
   * @param keyValueHeads keys and values of a token; it divides the heads
   * @param headDim width of a head's query, key and value
   * @param ropeDim first floats of a head, which have a position, even
   * @param norm what of queries and keys is normalised before the rotation
   * @param inputBias q_proj, k_proj and v_proj have a bias
   * @param outputBias o_proj has a bias
   * @param window which layers attend to the last tokens alone; null where none does
   */
  public record Grouped(
      int keyValueHeads,
      int headDim,
      int ropeDim,
      QueryKeyNorm norm,
      boolean inputBias,
      boolean outputBias,
      @Nullable Window window)
      implements Attention {
    /** Without a window. */
    public Grouped(
        int keyValueHeads,
        int headDim,
        int ropeDim,
        QueryKeyNorm norm,
        boolean inputBias,
        boolean outputBias) {
      this(keyValueHeads, headDim, ropeDim, norm, inputBias, outputBias, null);
    }

    /** Last tokens that a layer attends to, with the token itself; 0 for all. */
    public int window(int layer) {
      return window != null && window.layers().contains(layer) ? window.tokens() : 0;
    }

    @Override
    public int queryDim() {
      return headDim;
    }

    @Override
    public int cacheGroups() {
      return keyValueHeads;
    }

    @Override
    public int valueWidth() {
      return headDim;
    }

    @Override
    public int keyWidth() {
      return headDim;
    }
  }

  /**
   * Attention to the last tokens alone (Longformer, arXiv 2004.05150, section 3.1).
   *
   * @param tokens how many, with the token itself
   * @param layers decoder layers that attend so
   */
  public record Window(int tokens, Set<Integer> layers) {
    public Window {
      layers = Set.copyOf(layers);
    }
  }

  /** What q_norm and k_norm are applied to. */
  public enum QueryKeyNorm {
    /** There are none. */
    NONE,
    /** Each head by itself. */
    HEAD,
    /** The whole projection. */
    PROJECTION
  }

  /** How a router's logits become scores. */
  public enum Scoring {
    /** Softmax over all logits; a group is as good as its best expert. */
    SOFTMAX,
    /**
     * The sigmoid of each logit (DeepSeek-V3, arXiv 2412.19437, section 2.1.2). A learned
     * correction is added for the choice alone, and a group is as good as its best two experts.
     */
    SIGMOID
  }

  /**
   * Experts of a MoE layer as columns: M routed ones first, then S shared ones.
   *
   * @param routed M
   * @param shared S, may be 0
   * @param sharedWidth width of the shared MLP, more than (S - 1) * intermediate and at most S *
   *     intermediate, 0 without one: the last shared expert is filled up with zeros
   * @param sharedGate the shared MLP's output is scaled by the sigmoid of a linear layer of its own
   * @param intermediate width I of one expert
   * @param topK routed experts a token picks
   * @param groups groups the routed experts are split into, 1 for plain greedy routing
   * @param topGroups groups a token may pick from
   * @param scoring how logits become scores
   * @param normalizeTopK weights of the picks are divided by their sum
   * @param scale factor on the weights of the picks; with {@link Scoring#SOFTMAX} only where they
   *     are not normalised
   * @param layers which layers have experts
   */
  public record Experts(
      int routed,
      int shared,
      int sharedWidth,
      boolean sharedGate,
      int intermediate,
      int topK,
      int groups,
      int topGroups,
      Scoring scoring,
      boolean normalizeTopK,
      float scale,
      MoeLayers layers) {
    /** With a softmax router, and shared experts as wide as the routed ones and without a gate. */
    public Experts(
        int routed,
        int shared,
        int intermediate,
        int topK,
        int groups,
        int topGroups,
        boolean normalizeTopK,
        float scale,
        int firstMoeLayer,
        int layerFrequency) {
      this(
          routed,
          shared,
          shared * intermediate,
          false,
          intermediate,
          topK,
          groups,
          topGroups,
          Scoring.SOFTMAX,
          normalizeTopK,
          scale,
          new MoeLayers(firstMoeLayer, layerFrequency, 0, Set.of()));
    }

    /** M + S. */
    public int columns() {
      return routed + shared;
    }
  }

  /**
   * Which layers have experts: from {@code first} on those whose index leaves {@code phase} when
   * divided by {@code frequency}.
   *
   * @param dense layers that have none all the same
   */
  public record MoeLayers(int first, int frequency, int phase, Set<Integer> dense) {
    public MoeLayers {
      dense = Set.copyOf(dense);
    }

    /** Whether layer {@code layer} has experts. */
    public boolean includes(int layer) {
      return layer >= first && layer % frequency == phase && !dense.contains(layer);
    }
  }

  /** Which two floats of a head rotate together. */
  public enum Pairs {
    /** (2i, 2i + 1). */
    NEIGHBOURS,
    /** (i, i + half), with half the rotated width. */
    HALVES
  }

  /**
   * Rotary embedding.
   *
   * @param pairs which floats rotate together
   * @param scaling for contexts longer than the model was first trained on, null without
   */
  public record Rope(double theta, Pairs pairs, @Nullable Scaling scaling) {
    /** Pairs of neighbours, as DeepSeek rotates them. */
    public Rope(double theta, @Nullable Scaling scaling) {
      this(theta, Pairs.NEIGHBOURS, scaling);
    }

    /** YaRN's parameters, null with another scaling or none. */
    public @Nullable Yarn yarn() {
      return scaling instanceof Yarn yarn ? yarn : null;
    }
  }

  /** How the pairs of a rotary embedding are slowed down, as transformers computes it. */
  public sealed interface Scaling permits Linear, Llama3, Yarn {}

  /** Every pair turns {@code factor} times as slowly (arXiv 2306.15595). */
  public record Linear(double factor) implements Scaling {}

  /**
   * Llama 3.1's: pairs that turn more than {@code highFrequency} times within the original context
   * stay as they are, those that turn less than {@code lowFrequency} times turn {@code factor}
   * times as slowly, with a ramp between.
   */
  public record Llama3(
      double factor, double lowFrequency, double highFrequency, int originalContext)
      implements Scaling {}

  /** YaRN (arXiv 2309.00071). */
  public record Yarn(
      double factor,
      int originalContext,
      double betaFast,
      double betaSlow,
      double mscale,
      double mscaleAllDim)
      implements Scaling {}

  /** Whether decoder layer {@code layer} routes to experts. */
  public boolean isMoe(int layer) {
    return experts.layers().includes(layer);
  }

  /** Number of MoE layers. */
  public int moeLayers() {
    int count = 0;
    for (int layer = 0; layer < layers; layer++) {
      count += isMoe(layer) ? 1 : 0;
    }
    return count;
  }

  /** The same shape with weights of another type. */
  public ModelShape withDType(DType other) {
    return new ModelShape(
        family,
        other,
        vocabulary,
        hidden,
        layers,
        heads,
        attention,
        denseIntermediate,
        experts,
        rope,
        rmsNormEps,
        latentNormEps,
        tiedEmbeddings,
        maxContext,
        bosToken,
        eosTokens);
  }

  /** Elements of one expert's three matrices. */
  public long expertElements() {
    return 3L * hidden * experts.intermediate();
  }
}
