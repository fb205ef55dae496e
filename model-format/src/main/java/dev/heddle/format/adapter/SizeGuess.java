package dev.heddle.format.adapter;

import dev.heddle.format.DType;
import dev.heddle.format.adapter.ExpertTensors.ExpertSize;
import dev.heddle.format.model.WeightNames;
import dev.heddle.format.safetensors.Checkpoint;
import dev.heddle.format.safetensors.TensorInfo;
import org.jspecify.annotations.Nullable;

/** What an adapter's tensors say of its base's experts, where the base is not at hand. */
final class SizeGuess {
  private static final int MAX_WIDTH = 1 << 24;

  private SizeGuess() {}

  /**
   * From the first routed expert's gate, or else the first shared MLP's, taken as one expert; null
   * without either.
   */
  static @Nullable ExpertSize of(Checkpoint checkpoint) {
    TensorInfo routed = null;
    TensorInfo shared = null;
    for (String name : checkpoint.names()) {
      ExpertPart part = ExpertPart.parse(name);
      TensorInfo tensor = checkpoint.find(name).orElseThrow();
      if (part != null && part.matrix().equals("gate") && isMatrix(tensor)) {
        if (part.expert() != ExpertPart.SHARED) {
          routed = routed == null ? tensor : routed;
        } else {
          shared = shared == null ? tensor : shared;
        }
      }
    }
    TensorInfo gate = routed != null ? routed : shared;
    if (gate == null) {
      return null;
    }
    int width = Math.toIntExact(gate.shape().getFirst());
    int hidden = Math.toIntExact(gate.shape().getLast());
    int sharedWidth = shared == null ? 0 : Math.toIntExact(shared.shape().getFirst());
    return new ExpertSize(
        hidden,
        width,
        Math.ceilDiv(sharedWidth, width),
        sharedWidth,
        gate.type().weights().orElse(DType.BF16),
        names(gate.name()));
  }

  private static WeightNames names(String tensor) {
    return tensor.contains(WeightNames.BLOCK_SPARSE.block())
        ? WeightNames.BLOCK_SPARSE
        : WeightNames.SHARED_EXPERTS;
  }

  private static boolean isMatrix(TensorInfo tensor) {
    return tensor.shape().size() == 2
        && tensor.shape().stream().allMatch(size -> size >= 1 && size <= MAX_WIDTH);
  }
}
