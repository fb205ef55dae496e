package dev.heddle.format.model;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.FolderContents;
import dev.heddle.format.FormatException;
import dev.heddle.format.Violations;
import dev.heddle.format.safetensors.Checkpoint;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A base model's folder: its shape, and its weights mapped and checked against the shape. Any
 * thread may use it; views are valid until {@link #close()}.
 */
public final class ModelFolder implements AutoCloseable {
  private final Path path;
  private final ModelShape shape;
  private final Checkpoint checkpoint;
  private final Map<Long, Digest> expertDigests = new ConcurrentHashMap<>();
  private final Object digestLock = new Object();
  private @Nullable NavigableMap<String, Digest> tensorDigests;
  private @Nullable Digest digest;

  private ModelFolder(Path path, ModelShape shape, Checkpoint checkpoint) {
    this.path = path;
    this.shape = shape;
    this.checkpoint = checkpoint;
  }

  /**
   * Opens a folder with {@code config.json} and safetensors weights, or the one that {@link
   * SnapshotFolder} finds behind a folder of Hugging Face's cache.
   *
   * @throws FormatException with everything wrong with configuration and weights; nothing stays
   *     open then
   */
  public static ModelFolder open(Path folder) {
    Path path = SnapshotFolder.of(folder);
    Violations violations = new Violations();
    FolderContents contents = FolderContents.list(path, violations);
    ModelShape shape = null;
    try {
      shape = ModelConfigReader.read(path);
    } catch (FormatException e) {
      violations.addAll(e);
    }
    // With violations so far this throws them beside its own.
    DType widened = shape != null && Quantization.isStated(path) ? shape.dtype() : null;
    Checkpoint checkpoint = Checkpoint.open(contents, violations, widened);
    if (shape == null) {
      throw new IllegalStateException("a configuration that was refused left no violation");
    }
    shape = WeightCheck.check(shape, checkpoint, violations);
    if (!violations.isEmpty()) {
      checkpoint.close();
    }
    violations.throwIfAny();
    return new ModelFolder(path, shape, checkpoint);
  }

  /** Where the files lie. */
  public Path path() {
    return path;
  }

  /** The model's shape; its dtype is that of the experts' tensors, whatever config.json says. */
  public ModelShape shape() {
    return shape;
  }

  /** The weights; every tensor of {@link ModelTensors#required} is there with its shape. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /** An expert's weights. */
  public ExpertWeights expert(int layer, int column) {
    requireColumn(layer, column);
    var experts = shape.experts();
    WeightNames names = ModelFamily.of(shape).names();
    int hidden = shape.hidden();
    if (column < experts.routed()) {
      String prefix = names.expert(layer, column);
      return ExpertViews.mlp(checkpoint, names, prefix, hidden, experts.intermediate());
    }
    ExpertWeights shared =
        ExpertViews.mlp(checkpoint, names, names.shared(layer), hidden, experts.sharedWidth());
    return ExpertViews.slice(shared, column - experts.routed(), experts.intermediate());
  }

  /** The name of an expert's weights; computed when first asked for. */
  public Digest expertDigest(int layer, int column) {
    requireColumn(layer, column);
    return expertDigests.computeIfAbsent(
        ((long) layer << 32) | column,
        key -> {
          Digest digest = Digests.expert(expert(layer, column));
          checkpoint.release();
          return digest;
        });
  }

  /** The name of the model; computed when first asked for, which reads every byte. */
  public Digest digest() {
    synchronized (digestLock) {
      if (digest == null) {
        digest = ModelDigest.of(shape, checkpoint, tensorDigests(Map.of()));
      }
      return digest;
    }
  }

  /**
   * The digests of all tensors that {@link #digest()} is made of, by name. The first call of either
   * method decides what is computed, and what is taken on trust.
   *
   * @param known digests that were computed before; tensors of other names are read
   */
  public NavigableMap<String, Digest> tensorDigests(Map<String, Digest> known) {
    synchronized (digestLock) {
      if (tensorDigests == null) {
        tensorDigests =
            Collections.unmodifiableNavigableMap(ModelDigest.tensors(shape, checkpoint, known));
      }
      return tensorDigests;
    }
  }

  /** Reads a tensor's bytes, whatever is known of them, for their digest. */
  public Digest readDigest(String tensor) {
    return ModelDigest.tensor(tensor, checkpoint);
  }

  /** The files of the weights. */
  public List<Path> weightFiles() {
    return checkpoint.fileNames().stream().map(path::resolve).toList();
  }

  /** The file that a tensor lies in. */
  public Path fileOf(String tensor) {
    return path.resolve(checkpoint.fileOf(tensor));
  }

  private void requireColumn(int layer, int column) {
    if (layer < 0
        || layer >= shape.layers()
        || !shape.isMoe(layer)
        || column < 0
        || column >= shape.experts().columns()) {
      throw new IllegalArgumentException("no expert at layer " + layer + ", column " + column);
    }
  }

  @Override
  public void close() {
    checkpoint.close();
  }

  /** Checks a checkpoint's tensors against a shape. */
  private static final class WeightCheck {
    private WeightCheck() {}

    static ModelShape check(ModelShape shape, Checkpoint checkpoint, Violations violations) {
      Map<String, List<Integer>> required = ModelTensors.required(shape);
      DType dtype = null;
      String first = "";
      for (Map.Entry<String, List<Integer>> tensor : required.entrySet()) {
        String name = tensor.getKey();
        DType type = checkpoint.check(name, tensor.getValue(), violations).orElse(null);
        if (type == null || !name.contains("experts.")) {
          continue;
        }
        if (dtype == null) {
          dtype = type;
          first = name;
        } else if (dtype != type) {
          violations.add("mixed-dtype", name, "it is " + type + ", but " + first + " is " + dtype);
        }
      }
      for (String name : checkpoint.names()) {
        if (!required.containsKey(name)
            && !checkpoint.isScales(name)
            && !ModelTensors.isHarmless(name, shape)) {
          violations.add(
              "unknown-tensor", name, "a model of this configuration has no such tensor");
        }
      }
      return dtype == null ? shape : shape.withDType(dtype);
    }
  }
}
