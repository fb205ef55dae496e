package dev.heddle.runtime;

import dev.heddle.experts.AdapterCatalog;
import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.model.Backends;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import dev.heddle.model.MoeModel;
import dev.heddle.model.Progress;
import dev.heddle.model.RoutingSums;
import dev.heddle.model.SequenceRunner;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A random base model, random adapters of it, and each of them merged, to be run alone. */
final class TinyModels implements AdapterCatalog, AutoCloseable {
  private final Path root;
  private final String backend;
  private final Precision precision;
  private final int blockTokens;
  private final Map<Digest, Path> adapters = new LinkedHashMap<>();
  private final Map<Path, MoeModel> alone = new HashMap<>();
  private final List<Ops> opened = new ArrayList<>();
  final ModelFolder base;

  /** With weights as they are stored. */
  TinyModels(
      Path root, String backend, ModelShape shape, int blockTokens, int adapterCount, long seed) {
    this(root, backend, Precision.STORED, shape, blockTokens, adapterCount, seed);
  }

  TinyModels(
      Path root,
      String backend,
      Precision precision,
      ModelShape shape,
      int blockTokens,
      int adapterCount,
      long seed) {
    this.root = root;
    this.backend = backend;
    this.precision = precision;
    this.blockTokens = blockTokens;
    this.base = ModelFolder.open(CheckpointWriter.model(root.resolve("base"), shape, seed));
    for (int i = 0; i < adapterCount; i++) {
      Path folder = CheckpointWriter.adapter(root.resolve("adapter" + i), base, seed + i + 1);
      try (AdapterFolder adapter = AdapterFolder.open(folder, base)) {
        adapters.put(adapter.manifest().digest(), folder);
      }
    }
  }

  List<Digest> digests() {
    return List.copyOf(adapters.keySet());
  }

  @Override
  public AdapterSource open(Digest adapter) throws IOException {
    Path folder = adapters.get(adapter);
    if (folder == null) {
      throw new IOException("no adapter has this digest");
    }
    return AdapterFolder.open(folder, base);
  }

  /** The base, loaded for serving. */
  MoeModel load(ModelLimits limits) {
    return load(base, limits);
  }

  /** Logits after each token of a sequence that is alone on a merged checkpoint. */
  float[][] alone(@Nullable Digest adapter, int[] tokens) {
    Path folder = adapter == null ? base.path() : merged(adapters.get(adapter));
    MoeModel model = alone.computeIfAbsent(folder, this::loadAlone);
    float[][] rows = new float[tokens.length][];
    new SequenceRunner(model, 0, 16)
        .append(tokens, (position, logits) -> rows[position] = logits.clone());
    return rows;
  }

  /** Where the routers of a merged checkpoint send a sequence that is alone on it. */
  RoutingSums routingAlone(Digest adapter, int[] tokens) {
    MoeModel model = alone.computeIfAbsent(merged(adapters.get(adapter)), this::loadAlone);
    RoutingSums sums = RoutingSums.of(base.shape());
    new SequenceRunner(model, 0, 16).append(tokens, sums);
    return sums;
  }

  private Path merged(Path adapter) {
    Path out = root.resolve("merged-" + adapter.getFileName());
    return alone.containsKey(out) ? out : CheckpointWriter.merge(base.path(), adapter, out);
  }

  private MoeModel loadAlone(Path folder) {
    int context = base.shape().maxContext();
    int blocks = Math.ceilDiv(context, blockTokens);
    try (ModelFolder model = ModelFolder.open(folder)) {
      int slots = MemoryEstimate.baseSlots(model.shape());
      return load(
          model, new ModelLimits(16, 1, 16, blocks, blockTokens, context, slots, 1, precision));
    }
  }

  private MoeModel load(ModelFolder folder, ModelLimits limits) {
    Ops ops = Backends.open(backend);
    opened.add(ops);
    return MoeModel.load(folder, ops, limits, Progress.NONE);
  }

  @Override
  public void close() {
    opened.forEach(Ops::close);
    base.close();
  }
}
