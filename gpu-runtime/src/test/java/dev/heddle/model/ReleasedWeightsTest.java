package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.ops.Ops;
import dev.heddle.ops.OpsProvider;
import dev.heddle.ops.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Weights are in memory once: what a backend has copied is let go of in the files they came from.
 */
class ReleasedWeightsTest {
  private static final Path MAPS = Path.of("/proc/self/smaps");
  private static final long MIB = 1 << 20;

  @TempDir Path dir;

  @Test
  void a_model_that_is_loaded_leaves_no_file_in_memory() throws IOException {
    assumeTrue(Files.isReadable(MAPS), "this system does not say what is resident");
    ModelShape shape = shape();
    Path folder = CheckpointWriter.model(dir, shape, 1);
    long stored = Files.size(folder.resolve("model.safetensors"));
    assertThat(stored).isGreaterThan(30 * MIB);
    ModelLimits limits =
        new ModelLimits(
            16, 4, 4, 4, ModelLimits.BLOCK_TOKENS, 64, MemoryEstimate.baseSlots(shape), 1);
    AtomicLong most = new AtomicLong();
    AtomicLong next = new AtomicLong();
    try (ModelFolder model = ModelFolder.open(folder);
        Ops ops = OpsProvider.choose(shape, Precision.STORED, "vector", 2)) {
      MoeModel loaded =
          MoeModel.load(
              model,
              ops,
              limits,
              (done, total) -> {
                if (done >= next.get()) { // now and then: to look costs more than to load a tensor
                  next.addAndGet(total / 16);
                  most.accumulateAndGet(resident(folder), Math::max);
                }
              });
      assertThat(resident(folder)).as("bytes after the load").isLessThan(MIB);
      assertThat(most.get()).as("bytes during the load").isLessThan(stored / 2);

      model.digest();
      assertThat(resident(folder)).as("bytes after the digest").isLessThan(MIB);
      assertThat(loaded.baseSlots()).isPositive();
    }
  }

  /** A sixteenth of DeepSeek-V2-Lite's width with two layers of experts: some 40 MiB. */
  private static ModelShape shape() {
    ModelShape lite = RandomModel.lite(3);
    return new ModelShape(
        lite.family(),
        lite.dtype(),
        4096,
        512,
        lite.layers(),
        4,
        new ModelShape.Latent(0, 128, 128, 64, 128, false),
        1024,
        new ModelShape.Experts(16, 2, 352, 6, 1, 1, false, 1f, 1, 1),
        lite.rope(),
        lite.rmsNormEps(),
        lite.latentNormEps(),
        lite.tiedEmbeddings(),
        lite.maxContext(),
        0,
        List.of(1));
  }

  /** Bytes of files below a folder that are mapped and in memory. */
  private static long resident(Path folder) {
    try {
      long bytes = 0;
      boolean ours = false;
      for (String line : Files.readAllLines(MAPS)) {
        if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
          ours = line.contains(folder.toString());
        } else if (ours && line.startsWith("Rss:")) {
          bytes += 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
