package dev.heddle.format.adapter;

import dev.heddle.format.FolderContents;
import dev.heddle.format.FormatException;
import dev.heddle.format.Violations;
import dev.heddle.format.adapter.ExpertTensors.ExpertSize;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.safetensors.Checkpoint;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads and checks an adapter's folder, against its base where one is given. Reading goes on past
 * whatever is wrong, so that everything is found at once.
 */
final class AdapterReader implements AutoCloseable {
  private final Violations violations = new Violations();
  private final @Nullable BaseExperts base;
  private @Nullable FolderContents contents;
  private @Nullable ExpertConfig config;
  private @Nullable Checkpoint checkpoint;
  private @Nullable ExpertTensors tensors;
  private @Nullable ExpertSize size;
  private NavigableSet<Integer> moeLayers = new TreeSet<>();
  private List<GoldenCase> golden = List.of();

  private AdapterReader(@Nullable BaseExperts base) {
    this.base = base;
    if (base != null) {
      size = ExpertSize.of(base);
      moeLayers = base.moeLayers();
    }
  }

  /**
   * Reads a folder.
   *
   * @param base the model it belongs to; null to check only that the adapter agrees with itself
   */
  static AdapterReader read(Path folder, @Nullable ModelFolder base) {
    return read(folder, base, base == null ? null : BaseExperts.of(base.shape()));
  }

  /**
   * As the other, where less may be known of the base than its folder says.
   *
   * @param experts what is known of the base; null if nothing is
   */
  static AdapterReader read(
      Path folder, @Nullable ModelFolder base, @Nullable BaseExperts experts) {
    AdapterReader reader = new AdapterReader(experts);
    try {
      reader.readFolder(folder, base);
    } catch (FormatException e) {
      reader.violations.addAll(e);
    } catch (RuntimeException | Error e) {
      reader.close();
      throw e;
    }
    return reader;
  }

  private void readFolder(Path folder, @Nullable ModelFolder model) {
    contents = FolderContents.list(folder, AdapterFileNames::isPart, violations);
    AdapterFiles.checkSkipped(contents, violations);
    if (model != null) {
      AdapterFiles.checkConfig(contents, model.shape(), violations);
      AdapterFiles.checkTokenizer(folder, contents, model, violations);
    } else if (base != null) {
      AdapterFiles.checkConfig(contents, base, violations);
    }
    readGolden(contents, model);
    readExperts(folder, contents);
  }

  private void readExperts(Path folder, FolderContents contents) {
    if (contents.has(ExpertConfig.FILE)) {
      try {
        config = ExpertConfig.read(folder, violations);
      } catch (FormatException e) {
        violations.addAll(e);
      }
    } else {
      violations.add("missing-file", ExpertConfig.FILE, ExpertConfig.ABSENT);
    }
    Violations weights = new Violations();
    try {
      checkpoint = Checkpoint.open(contents, weights);
    } catch (FormatException e) {
      violations.addAll(e);
    }
    if (config != null && checkpoint != null) {
      checkTensors(config, checkpoint);
    } else if (config != null && base != null) {
      var _ =
          ExpertPlan.of(
              config, base, violations); // without weights, their places can be told at least
    }
  }

  private void readGolden(FolderContents contents, @Nullable ModelFolder base) {
    if (!contents.has(GoldenFile.NAME)) {
      return;
    }
    int vocabulary = base == null ? Integer.MAX_VALUE : base.shape().vocabulary();
    try {
      golden = GoldenFile.read(contents.path(GoldenFile.NAME), vocabulary, violations);
    } catch (FormatException e) {
      violations.addAll(e);
    }
  }

  private void checkTensors(ExpertConfig config, Checkpoint checkpoint) {
    if (size == null) {
      size = SizeGuess.of(checkpoint);
    }
    if (size == null) {
      violations.add("missing-tensor", "*.safetensors", "there is no expert's gate_proj tensor");
      return;
    }
    TensorCheck check = new TensorCheck(config, checkpoint, size, base, violations);
    tensors = check.run();
    moeLayers = check.moeLayers();
  }

  /** The prompts that come with their answers; none where the folder has no such file. */
  List<GoldenCase> golden() {
    return golden;
  }

  Violations violations() {
    return violations;
  }

  /** The files that are parts of the adapter; null if there is no such folder. */
  @Nullable FolderContents contents() {
    return contents;
  }

  /** What the adapter says it tunes; null if that could not be read. */
  @Nullable ExpertConfig config() {
    return config;
  }

  /** The tensors by what they are; null if configuration or weights could not be read. */
  @Nullable ExpertTensors tensors() {
    return tensors;
  }

  /** The experts' sizes; null if nothing tells them. */
  @Nullable ExpertSize size() {
    return size;
  }

  /** The base's MoE layers; without a base, those that the adapter is about. */
  NavigableSet<Integer> moeLayers() {
    return moeLayers;
  }

  @Override
  public void close() {
    if (checkpoint != null) {
      checkpoint.close();
    }
  }
}
