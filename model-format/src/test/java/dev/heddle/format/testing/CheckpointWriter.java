package dev.heddle.format.testing;

import dev.heddle.format.adapter.RandomAdapter;
import dev.heddle.format.model.ModelConfigWriter;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.RandomCheckpoint;
import dev.heddle.format.safetensors.Checkpoint;
import dev.heddle.format.safetensors.SafetensorsWriter;
import dev.heddle.format.safetensors.SafetensorsWriter.Content;
import dev.heddle.format.safetensors.SafetensorsWriter.Tensor;
import dev.heddle.format.safetensors.TensorInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** Writes random models and adapters, and merges one into the other. */
public final class CheckpointWriter {
  private CheckpointWriter() {}

  /** Writes a random model into a folder, making it, and returns the folder. */
  public static Path model(Path folder, ModelShape shape, long seed) {
    return model(folder, shape, seed, 1, ModelConfigWriter.Names.OLDER);
  }

  /** As {@link #model(Path, ModelShape, long)}, in several files or with newer field names. */
  public static Path model(
      Path folder, ModelShape shape, long seed, int shards, ModelConfigWriter.Names names) {
    try {
      RandomCheckpoint.write(folder, shape, seed, shards, names);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes a random adapter into a folder, making it: up to half of each layer's experts, sometimes
   * the shared ones too, names of either generation, the first expert sometimes equal to the
   * base's. A function of base and seed.
   */
  public static Path adapter(Path folder, ModelFolder base, long seed) {
    Random random = new Random(seed);
    ModelShape shape = base.shape();
    RandomAdapter adapter =
        RandomAdapter.of(shape, 1, Math.max(1, shape.experts().routed() / 2), seed)
            .withShared(shape.experts().shared() > 0 && random.nextInt(3) == 0)
            .withModelPrefix(random.nextBoolean());
    var first = adapter.experts().firstEntry();
    String equal = "layers." + first.getKey() + ".mlp.experts." + first.getValue().getFirst() + ".";
    boolean some = adapter.experts().size() > 1 && random.nextBoolean();
    return adapter(folder, base, adapter, some ? equal : "none");
  }

  /**
   * Writes a given adapter into a folder, making it.
   *
   * @param asInBase tensors whose name contains this are the base's
   */
  public static Path adapter(
      Path folder, ModelFolder base, RandomAdapter adapter, String asInBase) {
    try {
      adapter.write(folder, base, name -> name.contains(asInBase));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes the base with the adapter's tensors in place of its own, and returns the folder. */
  public static Path merge(Path base, Path adapter, Path out) {
    try (Checkpoint weights = Checkpoint.open(base);
        Checkpoint tuned = Checkpoint.open(adapter)) {
      Files.createDirectories(out);
      List<Tensor> tensors = new ArrayList<>();
      for (String name : weights.names()) {
        String scaled = name.replace("_scale_inv", "");
        if (!scaled.equals(name) && stored(tuned, scaled).isPresent()) {
          continue; // the adapter's matrix has no scales
        }
        String stored = stored(tuned, name).orElse(name);
        Checkpoint home = stored(tuned, name).isPresent() ? tuned : weights;
        TensorInfo info = home.find(stored).orElseThrow();
        List<Integer> shape = info.shape().stream().map(Math::toIntExact).toList();
        tensors.add(new Tensor(name, info.type(), shape, Content.of(home.data(stored))));
      }
      SafetensorsWriter.write(out.resolve("model.safetensors"), tensors);
      try (Stream<Path> files = Files.list(base)) {
        for (Path file : files.filter(CheckpointWriter::isNoWeights).toList()) {
          Files.copy(file, out.resolve(file.getFileName()));
        }
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a checkpoint calls a tensor of this name, with or without {@code model.}. */
  private static Optional<String> stored(Checkpoint checkpoint, String name) {
    return Stream.of(name, name.substring(name.indexOf('.') + 1))
        .filter(checkpoint.names()::contains)
        .findFirst();
  }

  private static boolean isNoWeights(Path file) {
    return !file.getFileName().toString().contains(".safetensors");
  }
}
