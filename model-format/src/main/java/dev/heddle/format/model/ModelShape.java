package dev.heddle.format.model;

import dev.heddle.format.DType;
import java.util.List;
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
 * @param attention latent attention's sizes
 * @param denseIntermediate width of the MLP of a dense layer
 * @param experts routed and shared experts of a MoE layer
 * @param rope rotary embedding
 * @param rmsNormEps epsilon of every norm but the two latent ones
 * @param latentNormEps epsilon of q_a_layernorm and kv_a_layernorm
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
    Latent attention,
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
      int queryRank, int latentRank, int nopeDim, int ropeDim, int valueDim, boolean bias) {
    /** Width of one head's query. */
    public int queryDim() {
      return nopeDim + ropeDim;
    }

    /** Floats cached for a token and layer. */
    public int cachedDim() {
      return latentRank + ropeDim;
    }
  }

  /**
   * Experts of a MoE layer as columns: M routed ones first, then S shared ones.
   *
   * @param routed M
   * @param shared S, may be 0; the shared MLP has width S * intermediate
   * @param intermediate width I of one expert
   * @param topK routed experts a token picks
   * @param groups groups the routed experts are split into, 1 for plain greedy routing
   * @param topGroups groups a token may pick from
   * @param normalizeTopK weights of the picks are divided by their sum (and then not scaled)
   * @param scale factor on the weights of the picks where they are not normalised
   * @param firstMoeLayer layers below it are dense
   * @param layerFrequency a layer is MoE if its index is a multiple of it
   */
  public record Experts(
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
    /** M + S. */
    public int columns() {
      return routed + shared;
    }
  }

  /**
   * Rotary embedding, pairs of neighbours (2i, 2i+1).
   *
   * @param yarn YaRN's parameters, null without scaling
   */
  public record Rope(double theta, @Nullable Yarn yarn) {}

  /** YaRN (arXiv 2309.00071) as DeepSeek-V2 uses it. */
  public record Yarn(
      double factor,
      int originalContext,
      double betaFast,
      double betaSlow,
      double mscale,
      double mscaleAllDim) {}

  /** Whether decoder layer {@code layer} routes to experts. */
  public boolean isMoe(int layer) {
    return layer >= experts.firstMoeLayer() && layer % experts.layerFrequency() == 0;
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
