package dev.heddle.format.model;

/**
 * What a family calls the tensors of a MoE layer.
 *
 * @param block where they are: {@code mlp.}
 * @param sharedBlock where the shared MLP is in it: {@code shared_experts.}
 * @param gate name of an expert's gate, without {@code .weight}
 * @param up name of its up projection
 * @param down name of its down projection
 */
public record WeightNames(String block, String sharedBlock, String gate, String up, String down) {
  /** DeepSeek, GLM-4. */
  public static final WeightNames SHARED_EXPERTS = mlp("shared_experts.");

  /** Qwen, OLMoE: their shared MLP, if any, is one expert. */
  public static final WeightNames SHARED_EXPERT = mlp("shared_expert.");

  /** Mixtral. */
  public static final WeightNames BLOCK_SPARSE =
      new WeightNames("block_sparse_moe.", "shared_experts.", "w1", "w3", "w2");

  private static WeightNames mlp(String shared) {
    return new WeightNames("mlp.", shared, "gate_proj", "up_proj", "down_proj");
  }

  /** {@code model.layers.L.mlp.}, or as the family calls it. */
  public String block(int layer) {
    return ModelTensors.layer(layer) + block;
  }

  /** Where the three matrices of a routed expert are: {@code model.layers.L.mlp.experts.E.} */
  public String expert(int layer, int expert) {
    return block(layer) + "experts." + expert + ".";
  }

  /** Where a layer's shared MLP is: {@code model.layers.L.mlp.shared_experts.} */
  public String shared(int layer) {
    return block(layer) + sharedBlock;
  }

  /** The router's weight. */
  public String router(int layer) {
    return block(layer) + "gate.weight";
  }

  /** What is added to the router's scores for the choice. */
  public String correction(int layer) {
    return block(layer) + "gate.e_score_correction_bias";
  }

  /** The gate of the shared MLP's output. */
  public String sharedGate(int layer) {
    return block(layer) + "shared_expert_gate.weight";
  }

  /**
   * A matrix of an expert.
   *
   * @param prefix of {@link #expert} or {@link #shared}
   * @param matrix {@code gate}, {@code up} or {@code down}
   */
  public String matrix(String prefix, String matrix) {
    String name =
        switch (matrix) {
          case "gate" -> gate;
          case "up" -> up;
          case "down" -> down;
          default -> throw new IllegalArgumentException("an expert has no matrix " + matrix);
        };
    return prefix + name + ".weight";
  }
}
