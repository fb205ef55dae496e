package dev.heddle.format.model;

import dev.heddle.format.model.ModelShape.Grouped;
import dev.heddle.format.model.ModelShape.Latent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names and shapes of a checkpoint's tensors, as Hugging Face writes them. */
public final class ModelTensors {
  /** The embedding, which is the output head, too, where a model ties them. */
  public static final String EMBEDDING = "model.embed_tokens.weight";

  private static final Pattern HARMLESS =
      Pattern.compile("model\\.(layers\\.\\d+\\.self_attn\\.)?rotary_emb\\.inv_freq");

  private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(0|[1-9][0-9]{0,5})\\..*");

  private ModelTensors() {}

  /** Every tensor a model of this shape needs, in the order of the forward pass. */
  public static SequencedMap<String, List<Integer>> required(ModelShape shape) {
    return tensors(shape, true);
  }

  /** The same without experts, routed and shared. */
  public static SequencedMap<String, List<Integer>> withoutExperts(ModelShape shape) {
    return tensors(shape, false);
  }

  private static SequencedMap<String, List<Integer>> tensors(ModelShape shape, boolean experts) {
    SequencedMap<String, List<Integer>> tensors = new LinkedHashMap<>();
    int hidden = shape.hidden();
    tensors.put(EMBEDDING, List.of(shape.vocabulary(), hidden));
    for (int layer = 0; layer < shape.layers(); layer++) {
      tensors.put(layer(layer) + "input_layernorm.weight", List.of(hidden));
      attention(tensors, layer(layer) + "self_attn.", shape);
      tensors.put(layer(layer) + "post_attention_layernorm.weight", List.of(hidden));
      if (shape.isMoe(layer)) {
        router(tensors, layer, shape);
        if (experts) {
          experts(tensors, layer, shape);
        }
      } else {
        mlp(
            tensors,
            WeightNames.SHARED_EXPERTS,
            layer(layer) + "mlp.",
            hidden,
            shape.denseIntermediate());
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

  /** Whether a tensor that is not required may be there all the same. */
  static boolean isHarmless(String name, ModelShape shape) {
    Matcher layer = LAYER.matcher(name);
    return HARMLESS.matcher(name).matches()
        || (ModelFamily.of(shape).predictsTokens()
            && layer.matches()
            && Integer.parseInt(layer.group(1)) >= shape.layers())
        || (shape.tiedEmbeddings() && name.equals("lm_head.weight"));
  }

  private static void attention(
      SequencedMap<String, List<Integer>> tensors, String prefix, ModelShape shape) {
    switch (shape.attention()) {
      case Latent latent -> latent(tensors, prefix, shape, latent);
      case Grouped grouped -> grouped(tensors, prefix, shape, grouped);
    }
  }

  private static void latent(
      SequencedMap<String, List<Integer>> tensors, String prefix, ModelShape shape, Latent latent) {
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

  private static void grouped(
      SequencedMap<String, List<Integer>> tensors,
      String prefix,
      ModelShape shape,
      Grouped grouped) {
    int hidden = shape.hidden();
    int queries = shape.heads() * grouped.headDim();
    int keys = grouped.keyValueHeads() * grouped.headDim();
    linear(tensors, prefix + "q_proj", queries, hidden, grouped.inputBias());
    linear(tensors, prefix + "k_proj", keys, hidden, grouped.inputBias());
    linear(tensors, prefix + "v_proj", keys, hidden, grouped.inputBias());
    switch (grouped.norm()) {
      case NONE -> {}
      case HEAD -> norms(tensors, prefix, grouped.headDim(), grouped.headDim());
      case PROJECTION -> norms(tensors, prefix, queries, keys);
    }
    linear(tensors, prefix + "o_proj", hidden, queries, grouped.outputBias());
  }

  private static void norms(
      SequencedMap<String, List<Integer>> tensors, String prefix, int query, int key) {
    tensors.put(prefix + "q_norm.weight", List.of(query));
    tensors.put(prefix + "k_norm.weight", List.of(key));
  }

  private static void router(
      SequencedMap<String, List<Integer>> tensors, int layer, ModelShape shape) {
    var experts = shape.experts();
    WeightNames names = ModelFamily.of(shape).names();
    tensors.put(names.router(layer), List.of(experts.routed(), shape.hidden()));
    if (experts.scoring() == ModelShape.Scoring.SIGMOID) {
      tensors.put(names.correction(layer), List.of(experts.routed()));
    }
    if (experts.sharedGate()) {
      tensors.put(names.sharedGate(layer), List.of(1, shape.hidden()));
    }
  }

  private static void experts(
      SequencedMap<String, List<Integer>> tensors, int layer, ModelShape shape) {
    var experts = shape.experts();
    WeightNames names = ModelFamily.of(shape).names();
    for (int expert = 0; expert < experts.routed(); expert++) {
      String prefix = names.expert(layer, expert);
      mlp(tensors, names, prefix, shape.hidden(), experts.intermediate());
    }
    if (experts.shared() > 0) {
      mlp(tensors, names, names.shared(layer), shape.hidden(), experts.sharedWidth());
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
      SequencedMap<String, List<Integer>> tensors,
      WeightNames names,
      String prefix,
      int hidden,
      int width) {
    tensors.put(names.matrix(prefix, "gate"), List.of(width, hidden));
    tensors.put(names.matrix(prefix, "up"), List.of(width, hidden));
    tensors.put(names.matrix(prefix, "down"), List.of(hidden, width));
  }
}
