package dev.heddle.format.adapter;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.FormatException;
import dev.heddle.format.MatrixData;
import dev.heddle.format.model.ExpertViews;
import dev.heddle.format.model.WeightNames;
import dev.heddle.format.safetensors.Checkpoint;
import dev.heddle.format.safetensors.TensorInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An adapter's tensors by what they are, whichever generation of names they have. */
final class ExpertTensors {
  private final Checkpoint checkpoint;
  private final ExpertSize size;
  private final Map<ExpertPart, TensorInfo> parts = new HashMap<>();

  ExpertTensors(Checkpoint checkpoint, ExpertSize size) {
    this.checkpoint = checkpoint;
    this.size = size;
  }

  /**
   * The sizes that an adapter's experts must have.
   *
   * @param shared S, how many experts a shared MLP is
   * @param sharedWidth width of that MLP
   * @param names what their tensors are called
   */
  record ExpertSize(
      int hidden, int intermediate, int shared, int sharedWidth, DType dtype, WeightNames names) {
    static ExpertSize of(BaseExperts base) {
      return new ExpertSize(
          base.hidden(),
          base.intermediate(),
          base.shared(),
          base.sharedWidth(),
          base.dtype(),
          base.names());
    }

    /** Bytes of one expert. */
    long expertBytes() {
      return 3L * hidden * intermediate * dtype.bytes();
    }

    List<Integer> shape(ExpertPart part) {
      int width = part.expert() == ExpertPart.SHARED ? sharedWidth : intermediate;
      return part.matrix().equals("down") ? List.of(hidden, width) : List.of(width, hidden);
    }
  }

  /** Adds a tensor; returns the one that was already there for the same part, if any. */
  @Nullable TensorInfo add(ExpertPart part, TensorInfo tensor) {
    return parts.putIfAbsent(part, tensor);
  }

  @Nullable TensorInfo find(ExpertPart part) {
    return parts.get(part);
  }

  /** A routed expert's weights. */
  ExpertWeights routed(int layer, int expert) {
    return weights(layer, expert);
  }

  /** One of the experts that a layer's shared MLP is. */
  ExpertWeights shared(int layer, int index) {
    return ExpertViews.slice(weights(layer, ExpertPart.SHARED), index, size.intermediate());
  }

  private ExpertWeights weights(int layer, int expert) {
    return new ExpertWeights(
        matrix(new ExpertPart(layer, expert, "gate")),
        matrix(new ExpertPart(layer, expert, "up")),
        matrix(new ExpertPart(layer, expert, "down")));
  }

  private MatrixData matrix(ExpertPart part) {
    TensorInfo tensor = parts.get(part);
    if (tensor == null) {
      throw new FormatException(
          "missing-tensor", part.tensor(size.names()), "the adapter lacks it");
    }
    List<Integer> shape = size.shape(part);
    return checkpoint.matrix(tensor.name(), shape.getFirst(), shape.getLast());
  }
}
