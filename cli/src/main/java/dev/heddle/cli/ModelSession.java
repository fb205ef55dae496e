package dev.heddle.cli;

import dev.heddle.format.FormatException;
import dev.heddle.format.Violation;
import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.AdapterLoader;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import dev.heddle.model.MoeModel;
import dev.heddle.model.SequenceRunner;
import dev.heddle.ops.Ops;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command's model and adapter: their folders first, then, sized to the request, the engine. */
final class ModelSession implements AutoCloseable {
  private final BaseOptions options;
  private final Console console;
  private final ModelFolder folder;
  private final @Nullable AdapterFolder adapter;
  private @Nullable Ops ops;

  private ModelSession(
      BaseOptions options, Console console, ModelFolder folder, @Nullable AdapterFolder adapter) {
    this.options = options;
    this.console = console;
    this.folder = folder;
    this.adapter = adapter;
  }

  /**
   * Opens and checks the folders.
   *
   * @throws FormatException with everything wrong with either
   */
  static ModelSession open(ModelOptions options, Console console) {
    return open(options, options.adapter, console);
  }

  /** As the other, with the base model alone. */
  static ModelSession open(BaseOptions options, Console console) {
    return open(options, null, console);
  }

  private static ModelSession open(BaseOptions options, @Nullable Path of, Console console) {
    List<Path> folders = new ArrayList<>(List.of(options.model));
    if (of != null) {
      folders.add(of);
    }
    List<String> missing =
        folders.stream()
            .filter(path -> !Files.isDirectory(path))
            .map(path -> path + " is not a folder")
            .toList();
    if (!missing.isEmpty()) {
      throw new InputException(missing);
    }
    ModelFolder folder = openModel(options.model);
    try {
      AdapterFolder adapter = of == null ? null : AdapterFolder.open(of, folder);
      return new ModelSession(options, console, folder, adapter);
    } catch (RuntimeException | Error e) {
      folder.close();
      throw e;
    }
  }

  private static ModelFolder openModel(Path path) {
    try {
      return ModelFolder.open(path);
    } catch (FormatException e) {
      if (!AdapterFolder.isAdapter(path)) {
        throw e;
      }
      String message = "this is an adapter's folder; --model takes its base, --adapter the adapter";
      List<Violation> all = new ArrayList<>();
      all.add(new Violation("not-a-model", path.toString(), message));
      all.addAll(e.violations());
      throw new FormatException(all);
    }
  }

  /** Where the model's files lie. */
  Path model() {
    return folder.path();
  }

  ModelShape shape() {
    return folder.shape();
  }

  /**
   * Loads the model and its adapter for one sequence.
   *
   * @param length tokens the sequence may get
   * @param chunk most tokens of a pass
   * @param logitRows most rows of logits of a pass
   */
  SequenceRunner load(int length, int chunk, int logitRows) {
    int adapterExperts = adapter == null ? 0 : adapter.manifest().experts().size();
    ModelLimits limits =
        new ModelLimits(
            chunk,
            1,
            logitRows,
            Math.ceilDiv(length, ModelLimits.BLOCK_TOKENS),
            ModelLimits.BLOCK_TOKENS,
            length,
            Math.max(1, MemoryEstimate.baseSlots(shape()) + adapterExperts),
            2,
            options.weights.precision());
    ops = Backend.open(shape(), options.weights.precision(), options.backend, options.threads);
    MoeModel model = MoeModel.load(folder, ops, limits, console.progress("loading"));
    if (adapter == null) {
      return new SequenceRunner(model, 0, chunk);
    }
    AdapterLoader.load(model, adapter, 1, model.baseSlots());
    return new SequenceRunner(model, 1, chunk);
  }

  @Override
  public void close() {
    if (ops != null) {
      ops.close();
    }
    if (adapter != null) {
      adapter.close();
    }
    folder.close();
  }
}
