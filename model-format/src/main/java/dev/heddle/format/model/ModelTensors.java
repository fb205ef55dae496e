package dev.heddle.format.model;

import dev.heddle.format.model.ModelShape.Latent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Pattern;

/** Names and shapes of a DeepSeek-V2 checkpoint's tensors, as Hugging Face writes them. */
public final class ModelTensors {
  private static final Pattern HARMLESS =
      Pattern.compile("model\\.(layers\\.\\d+\\.self_attn\\.)?rotary_emb\\.inv_freq");

  private ModelTensors() {}

  /** Every tensor a model of this shape needs, in the order of the forward pass. */
  public static SequencedMap<String, List<Integer>> required(ModelShape shape) {
    SequencedMap<String, List<Integer>> tensors = new LinkedHashMap<>();
    int hidden = shape.hidden();
    tensors.put("model.embed_tokens.weight", List.of(shape.vocabulary(), hidden));
    for (int layer = 0; layer < shape.layers(); layer++) {
      tensors.put(layer(layer) + "input_layernorm.weight", List.of(hidden));
      attention(tensors, layer(layer) + "self_attn.", shape);
      tensors.put(layer(layer) + "post_attention_layernorm.weight", List.of(hidden));
      if (shape.isMoe(layer)) {
        moe(tensors, layer, shape);
      } else {
        mlp(tensors, layer(layer) + "mlp.", hidden, shape.denseIntermediate());
      }
    }
    tensors.put("model.norm.weight", List.of(hidden));
    if (!shape.tiedEmbeddings()) {
      tensors.put("lm_head.weight", List.of(shape.vocabulary(), hidden));
    }
    return tensors;
  }

  /** {@code model.layers.L.} */
  public static String layer(int layer) {
    return "model.layers." + layer + ".";
  }

  /** Where the three matrices of a routed expert are: {@code model.layers.L.mlp.experts.E.} */
  public static String expert(int layer, int expert) {
    return layer(layer) + "mlp.experts." + expert + ".";
  }

  /** Where a layer's shared MLP is: {@code model.layers.L.mlp.shared_experts.} */
  public static String shared(int layer) {
    return layer(layer) + "mlp.shared_experts.";
  }

  /** Whether a tensor that is not required may be there all the same. */
  static boolean isHarmless(String name, ModelShape shape) {
    return HARMLESS.matcher(name).matches()
        || (shape.tiedEmbeddings() && name.equals("lm_head.weight"));
  }

  private static void attention(
      SequencedMap<String, List<Integer>> tensors, String prefix, ModelShape shape) {
    Latent latent = shape.attention();
    int hidden = shape.hidden();
    int queries = shape.heads() * latent.queryDim();
    if (latent.queryRank() == 0) {
      tensors.put(prefix + "q_proj.weight", List.of(queries, hidden));
    } else {
      linear(tensors, prefix + "q_a_proj", latent.queryRank(), hidden, latent.bias());
      tensors.put(prefix + "q_a_layernorm.weight", List.of(latent.queryRank()));
      tensors.put(prefix + "q_b_proj.weight", List.of(queries, latent.queryRank()));
    }
    linear(tensors, prefix + "kv_a_proj_with_mqa", latent.cachedDim(), hidden, latent.bias());
    tensors.put(prefix + "kv_a_layernorm.weight", List.of(latent.latentRank()));
    int keysAndValues = shape.heads() * (latent.nopeDim() + latent.valueDim());
    tensors.put(prefix + "kv_b_proj.weight", List.of(keysAndValues, latent.latentRank()));
    int values = shape.heads() * latent.valueDim();
    linear(tensors, prefix + "o_proj", hidden, values, latent.bias());
  }

  private static void moe(
      SequencedMap<String, List<Integer>> tensors, int layer, ModelShape shape) {
    var experts = shape.experts();
    tensors.put(layer(layer) + "mlp.gate.weight", List.of(experts.routed(), shape.hidden()));
    for (int expert = 0; expert < experts.routed(); expert++) {
      mlp(tensors, expert(layer, expert), shape.hidden(), experts.intermediate());
    }
    if (experts.shared() > 0) {
      int width = experts.shared() * experts.intermediate();
      mlp(tensors, shared(layer), shape.hidden(), width);
    }
  }

  private static void linear(
      SequencedMap<String, List<Integer>> tensors, String name, int out, int in, boolean bias) {
    tensors.put(name + ".weight", List.of(out, in));
    if (bias) {
      tensors.put(name + ".bias", List.of(out));
    }
  }

  private static void mlp(
      SequencedMap<String, List<Integer>> tensors, String prefix, int hidden, int width) {
    tensors.put(prefix + "gate_proj.weight", List.of(width, hidden));
    tensors.put(prefix + "up_proj.weight", List.of(width, hidden));
    tensors.put(prefix + "down_proj.weight", List.of(hidden, width));
  }
}
