package dev.heddle.format.model;

import dev.heddle.format.Digest;
import dev.heddle.format.FormatException;
import dev.heddle.format.Violation;
import dev.heddle.format.safetensors.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model's folder is.
 *
 * @param shape what its configuration says; null if that cannot be read
 * @param digest null if there are violations
 * @param tensors number of its tensors, 0 if the weights cannot be opened
 * @param tensorBytes size of all of them
 * @param slots expert slots the base takes: columns times MoE layers, 0 without a shape
 * @param expertBytes size of one expert, 0 without a shape
 * @param violations everything wrong; empty if it can be served
 */
public record ModelInspection(
    @Nullable ModelShape shape,
    @Nullable Digest digest,
    int tensors,
    long tensorBytes,
    int slots,
    long expertBytes,
    List<Violation> violations) {
  public ModelInspection {
    violations = List.copyOf(violations);
  }

  /** Inspects a folder, reading every byte of its weights; refuses nothing. */
  public static ModelInspection of(Path folder) {
    try (ModelFolder model = ModelFolder.open(folder)) {
      return of(model.shape(), model.digest(), model.checkpoint(), List.of());
    } catch (FormatException e) {
      return of(shape(folder), null, null, e.violations());
    }
  }

  private static @Nullable ModelShape shape(Path folder) {
    try {
      return ModelConfigReader.read(folder);
    } catch (FormatException e) {
      return null;
    }
  }

  private static ModelInspection of(
      @Nullable ModelShape shape,
      @Nullable Digest digest,
      @Nullable Checkpoint checkpoint,
      List<Violation> violations) {
    int tensors = 0;
    long bytes = 0;
    if (checkpoint != null) {
      tensors = checkpoint.names().size();
      for (String name : checkpoint.names()) {
        bytes += checkpoint.data(name).byteSize();
      }
    }
    return new ModelInspection(
        shape,
        digest,
        tensors,
        bytes,
        shape == null ? 0 : shape.moeLayers() * shape.experts().columns(),
        shape == null ? 0 : shape.expertElements() * shape.dtype().bytes(),
        violations);
  }
}
