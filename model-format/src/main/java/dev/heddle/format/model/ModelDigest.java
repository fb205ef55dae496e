package dev.heddle.format.model;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.safetensors.Checkpoint;
import dev.heddle.format.safetensors.TensorInfo;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;

/** The digest of a base model. */
final class ModelDigest {
  private ModelDigest() {}

  /** Over what a forward pass depends on: tensors that are not required are left out. */
  static Digest of(ModelShape shape, Checkpoint checkpoint) {
    NavigableMap<String, String> tensors = new ConcurrentSkipListMap<>();
    ModelTensors.required(shape).keySet().parallelStream()
        .forEach(name -> tensors.put(name, describe(name, checkpoint)));
    return Digests.model(canonical(shape), tensors);
  }

  private static String describe(String name, Checkpoint checkpoint) {
    TensorInfo tensor = checkpoint.find(name).orElseThrow();
    String sizes = tensor.shape().stream().map(String::valueOf).collect(Collectors.joining("x"));
    return tensor.type() + " " + sizes + " " + Digests.bytes(checkpoint.data(name));
  }

  /**
   * The shape's fields in one line, as {@code name=value}. Left out are those that no logit depends
   * on (context, begin and end tokens) and those that the tensors' own lines state (sizes, dtype).
   */
  private static String canonical(ModelShape shape) {
    var attention = shape.attention();
    var experts = shape.experts();
    var yarn = shape.rope().yarn();
    String scaling =
        yarn == null
            ? "none"
            : String.join(
                ",",
                String.valueOf(yarn.factor()),
                String.valueOf(yarn.originalContext()),
                String.valueOf(yarn.betaFast()),
                String.valueOf(yarn.betaSlow()),
                String.valueOf(yarn.mscale()),
                String.valueOf(yarn.mscaleAllDim()));
    return String.join(
        " ",
        shape.family(),
        "heads=" + shape.heads(),
        "nope=" + attention.nopeDim(),
        "rope=" + attention.ropeDim(),
        "value=" + attention.valueDim(),
        "routed=" + experts.routed(),
        "shared=" + experts.shared(),
        "top=" + experts.topK(),
        "groups=" + experts.groups(),
        "topGroups=" + experts.topGroups(),
        "normalized=" + experts.normalizeTopK(),
        "scale=" + experts.scale(),
        "theta=" + shape.rope().theta(),
        "yarn=" + scaling,
        "eps=" + shape.rmsNormEps(),
        "latentEps=" + shape.latentNormEps(),
        "tied=" + shape.tiedEmbeddings());
  }
}
