package dev.heddle.format.safetensors;

import dev.heddle.format.DType;
import dev.heddle.format.FolderContents;
import dev.heddle.format.FormatException;
import dev.heddle.format.MatrixData;
import dev.heddle.format.Violations;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a folder: those of the shards that {@code model.safetensors.index.json} lists, or
 * without an index those of every {@code *.safetensors}. Any thread may read; views are valid until
 * {@link #close()}.
 *
 * <p>Where it is opened so, matrices of 8-bit floats are weights too: each beside its scales, as
 * {@link Fp8Blocks} says. They are handed out as widened copies.
 */
public final class Checkpoint implements AutoCloseable {
  private final List<SafetensorsFile> files = new ArrayList<>();
  private final NavigableMap<String, SafetensorsFile> homes = new TreeMap<>();

  private final @Nullable DType widened;

  private Checkpoint(@Nullable DType widened) {
    this.widened = widened;
  }

  /**
   * Opens every file of a folder.
   *
   * @throws FormatException with everything wrong; nothing stays open then
   */
  public static Checkpoint open(Path folder) {
    Violations violations = new Violations();
    return open(FolderContents.list(folder, violations), violations);
  }

  /** As {@link #open(Path)}; throws what was already in {@code violations} too. */
  public static Checkpoint open(FolderContents folder, Violations violations) {
    return open(folder, violations, null);
  }

  /**
   * As the other.
   *
   * @param widened what 8-bit floats become; null where they are no weights
   */
  public static Checkpoint open(
      FolderContents folder, Violations violations, @Nullable DType widened) {
    Checkpoint checkpoint = new Checkpoint(widened);
    try {
      checkpoint.load(folder, violations);
      violations.throwIfAny();
      return checkpoint;
    } catch (FormatException e) {
      checkpoint.close();
      throw e;
    }
  }

  private void load(FolderContents folder, Violations violations) {
    ShardIndex index = ShardIndex.read(folder, violations);
    NavigableSet<String> shards = new TreeSet<>();
    folder.names().stream().filter(n -> n.endsWith(".safetensors")).forEach(shards::add);
    if (shards.isEmpty() && index == null) {
      violations.add("missing-weights", "*.safetensors", "the folder has no safetensors file");
    }
    for (String shard : shards) {
      try {
        SafetensorsFile file = SafetensorsFile.open(folder.path(shard));
        files.add(file);
        addTensors(file, violations);
      } catch (FormatException e) {
        violations.addAll(e);
      }
    }
    if (index != null) {
      index.compare(shards, files, violations);
    }
  }

  private void addTensors(SafetensorsFile file, Violations violations) {
    for (String tensor : file.tensors().keySet()) {
      SafetensorsFile other = homes.putIfAbsent(tensor, file);
      if (other != null) {
        violations.add(
            "duplicate-tensor", tensor, "it is in " + other.name() + " and in " + file.name());
      }
    }
  }

  /** Names of all tensors, sorted. */
  public NavigableSet<String> names() {
    return Collections.unmodifiableNavigableSet(homes.navigableKeySet());
  }

  /** What is known of a tensor; empty if there is none of this name. */
  public Optional<TensorInfo> find(String name) {
    return Optional.ofNullable(homes.get(name)).map(file -> file.tensors().get(name));
  }

  /** A tensor's bytes as they lie in the file. */
  public MemorySegment data(String name) {
    return home(name).data(name);
  }

  /** Names of the files. */
  public List<String> fileNames() {
    return files.stream().map(SafetensorsFile::name).toList();
  }

  /** The name of the file that a tensor lies in. */
  public String fileOf(String name) {
    return home(name).name();
  }

  private SafetensorsFile home(String name) {
    SafetensorsFile file = homes.get(name);
    if (file == null) {
      throw new FormatException("missing-tensor", name, "the checkpoint has no such tensor");
    }
    return file;
  }

  /** Gives back the memory of all that was read; it is read again when it is needed. */
  public void release() {
    files.forEach(SafetensorsFile::release);
  }

  /**
   * A weight matrix.
   *
   * @throws FormatException if there is none of this name, shape, and a type of weights
   */
  public MatrixData matrix(String name, int rows, int cols) {
    return weights(name, List.of(rows, cols), rows, cols);
  }

  /**
   * A weight vector, as a matrix of one row.
   *
   * @throws FormatException as {@link #matrix}
   */
  public MatrixData vector(String name, int size) {
    return weights(name, List.of(size), 1, size);
  }

  private MatrixData weights(String name, List<Integer> shape, int rows, int cols) {
    Violations violations = new Violations();
    Optional<DType> type = check(name, shape, violations);
    violations.throwIfAny();
    String scales = scales(name).orElse(null);
    if (scales == null) {
      return MatrixData.dense(type.orElseThrow(), rows, cols, data(name));
    }
    List<Integer> sizes = Fp8Blocks.scaleShape(rows, cols);
    MatrixData factors = weights(scales, sizes, sizes.getFirst(), sizes.getLast());
    return Fp8Blocks.widen(data(name), rows, cols, factors, type.orElseThrow());
  }

  /** What 8-bit floats become; null where they are no weights. */
  public @Nullable DType widened() {
    return widened;
  }

  /** The name of the scales that a tensor's numbers are multiplied by; empty if it has none. */
  public Optional<String> scales(String name) {
    boolean scaled =
        widened != null
            && find(name).map(TensorInfo::type).filter(ElementType.F8_E4M3::equals).isPresent();
    return scaled ? Optional.of(Fp8Blocks.scales(name)) : Optional.empty();
  }

  /** Whether a tensor is the scales of another. */
  public boolean isScales(String name) {
    String matrix = Fp8Blocks.matrixOf(name);
    return scales(matrix).filter(name::equals).isPresent();
  }

  /**
   * Notes what keeps a tensor from being weights of this shape.
   *
   * @return its type, that which it is widened to; empty if there is no such tensor or its type is
   *     not one of weights
   */
  public Optional<DType> check(String name, List<Integer> shape, Violations violations) {
    TensorInfo tensor = find(name).orElse(null);
    if (tensor == null) {
      violations.add("missing-tensor", name, "expected a tensor of shape " + shape);
      return Optional.empty();
    }
    if (!tensor.hasShape(shape)) {
      violations.add("wrong-shape", name, "expected shape " + shape + ", found " + tensor.shape());
    }
    String scales = scales(name).orElse(null);
    if (scales != null && shape.size() == 2) {
      check(scales, Fp8Blocks.scaleShape(shape.getFirst(), shape.getLast()), violations);
      return Optional.ofNullable(widened);
    }
    if (tensor.type().weights().isEmpty()) {
      violations.add("wrong-dtype", name, "expected BF16, F16 or F32, found " + tensor.type());
    }
    return tensor.type().weights();
  }

  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
    files.clear();
    homes.clear();
  }
}
