package dev.heddle.format.model;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.model.ModelShape.Grouped;
import dev.heddle.format.model.ModelShape.Latent;
import dev.heddle.format.model.ModelShape.Linear;
import dev.heddle.format.model.ModelShape.Llama3;
import dev.heddle.format.model.ModelShape.Yarn;
import dev.heddle.format.safetensors.Checkpoint;
import dev.heddle.format.safetensors.TensorInfo;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The digest of a base model. */
final class ModelDigest {
  private ModelDigest() {}

  /**
   * The digests of what a forward pass depends on: tensors that are not required are left out. Of
   * weights that are widened they are those of the numbers and of their scales, as they are stored.
   *
   * @param known digests that need not be computed
   */
  static NavigableMap<String, Digest> tensors(
      ModelShape shape, Checkpoint checkpoint, Map<String, Digest> known) {
    NavigableMap<String, Digest> tensors = new ConcurrentSkipListMap<>();
    ModelTensors.required(shape).keySet().parallelStream()
        .flatMap(name -> Stream.concat(Stream.of(name), checkpoint.scales(name).stream()))
        .forEach(name -> {
          Digest digest = known.get(name);
          tensors.put(name, digest == null ? tensor(name, checkpoint) : digest);
        });
    return tensors;
  }

  /** Reads a tensor, and keeps none of it in memory. */
  static Digest tensor(String name, Checkpoint checkpoint) {
    Digest digest = Digests.bytes(checkpoint.data(name));
    checkpoint.release(); // of everything, as the system maps more than it is asked for
    return digest;
  }

  /** The model's, of its tensors'. */
  static Digest of(ModelShape shape, Checkpoint checkpoint, Map<String, Digest> tensors) {
    NavigableMap<String, String> lines = new TreeMap<>();
    tensors.forEach((name, digest) -> lines.put(name, type(name, checkpoint) + " " + digest));
    DType widened = checkpoint.widened();
    String suffix = widened == null ? "" : " widened=" + widened;
    return Digests.model(canonical(shape) + suffix, lines);
  }

  private static String type(String name, Checkpoint checkpoint) {
    TensorInfo tensor = checkpoint.find(name).orElseThrow();
    String sizes = tensor.shape().stream().map(String::valueOf).collect(Collectors.joining("x"));
    return tensor.type() + " " + sizes;
  }

  private static String window(ModelShape.@Nullable Window window) {
    return window == null
        ? ""
        : " window=" + window.tokens() + " layers=" + new TreeSet<>(window.layers());
  }

  /**
   * The shape's fields in one line, as {@code name=value}. Left out are those that no logit depends
   * on (context, begin and end tokens) and those that the tensors' own lines state (sizes, dtype).
   */
  private static String canonical(ModelShape shape) {
    String attention =
        switch (shape.attention()) {
          case Latent latent ->
              "nope=%d rope=%d value=%d"
                  .formatted(latent.nopeDim(), latent.ropeDim(), latent.valueDim());
          case Grouped grouped ->
              "head=%d rope=%d norm=%s"
                      .formatted(grouped.headDim(), grouped.ropeDim(), grouped.norm())
                  + window(grouped.window());
        };
    var experts = shape.experts();
    return String.join(
        " ",
        shape.family(),
        "heads=" + shape.heads(),
        attention,
        "routed=" + experts.routed(),
        "shared=" + experts.shared(),
        "top=" + experts.topK(),
        "groups=" + experts.groups(),
        "topGroups=" + experts.topGroups(),
        "normalized=" + experts.normalizeTopK(),
        "scale=" + experts.scale(),
        "theta=" + shape.rope().theta(),
        scaling(shape.rope().scaling()),
        "eps=" + shape.rmsNormEps(),
        "latentEps=" + shape.latentNormEps(),
        "tied=" + shape.tiedEmbeddings());
  }

  private static String scaling(ModelShape.@Nullable Scaling scaling) {
    return switch (scaling) {
      case null -> "yarn=none";
      case Linear linear -> "linear=" + linear.factor();
      case Llama3 llama3 ->
          "llama3="
              + commas(
                  llama3.factor(),
                  llama3.originalContext(),
                  llama3.lowFrequency(),
                  llama3.highFrequency());
      case Yarn yarn ->
          "yarn="
              + commas(
                  yarn.factor(),
                  yarn.originalContext(),
                  yarn.betaFast(),
                  yarn.betaSlow(),
                  yarn.mscale(),
                  yarn.mscaleAllDim());
    };
  }

  private static String commas(Object... values) {
    return Stream.of(values).map(String::valueOf).collect(Collectors.joining(","));
  }
}
