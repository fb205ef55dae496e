package dev.heddle.format.adapter;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.FolderContents;
import dev.heddle.format.FormatException;
import dev.heddle.format.MatrixData;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.safetensors.Checkpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A PEFT LoRA whose targets are experts: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}. Folded, it is an adapter like any other: each expert that it reaches
 * becomes W + scale * B A, computed in float32 and rounded once. One thread.
 */
public final class LoraFolder implements AutoCloseable {
  /** Most bytes of weights in one file of a folded adapter. */
  private static final long FILE_BYTES_MAX = 4L << 30;

  private final ModelFolder base;
  private final Checkpoint checkpoint;
  private final FolderContents contents;
  private final Map<ExpertPart, LoraPair> pairs;

  private LoraFolder(
      ModelFolder base,
      Checkpoint checkpoint,
      FolderContents contents,
      Map<ExpertPart, LoraPair> pairs) {
    this.base = base;
    this.checkpoint = checkpoint;
    this.contents = contents;
    this.pairs = pairs;
  }

  /**
   * Whether a folder is a LoRA: it has {@code adapter_config.json} and no {@code expert_cfg.json}.
   */
  public static boolean isLora(Path folder) {
    return Files.isRegularFile(folder.resolve(LoraConfig.FILE))
        && !Files.exists(folder.resolve(ExpertConfig.FILE));
  }

  /**
   * Opens a folder and checks it against its base.
   *
   * @throws FormatException with everything wrong; nothing stays open then
   */
  public static LoraFolder open(Path folder, ModelFolder base) {
    Violations violations = new Violations();
    FolderContents contents = FolderContents.list(folder, AdapterFileNames::isPart, violations);
    LoraConfig config = null;
    try {
      config = LoraConfig.read(folder, violations);
    } catch (FormatException e) {
      violations.addAll(e);
    }
    Checkpoint checkpoint = Checkpoint.open(contents, violations);
    try {
      Map<ExpertPart, LoraPair> pairs =
          config == null
              ? Map.of()
              : LoraTensors.read(checkpoint, base.shape(), config, violations);
      if (violations.isEmpty() && pairs.isEmpty()) {
        violations.add("nothing-tuned", LoraConfig.FILE, "the folder has no LoRA of an expert");
      }
      violations.throwIfAny();
      return new LoraFolder(base, checkpoint, contents, pairs);
    } catch (RuntimeException | Error e) {
      checkpoint.close();
      throw e;
    }
  }

  /** The experts that it reaches, as {@code expert_cfg.json} lists them. */
  public ExpertConfig config() {
    NavigableMap<Integer, Set<Integer>> routed = new TreeMap<>();
    boolean shared = false;
    for (ExpertPart part : pairs.keySet()) {
      if (part.expert() == ExpertPart.SHARED) {
        shared = true;
      } else {
        routed.computeIfAbsent(part.layer(), layer -> new TreeSet<>()).add(part.expert());
      }
    }
    NavigableMap<Integer, List<Integer>> experts = new TreeMap<>();
    routed.forEach((layer, ids) -> experts.put(layer, List.copyOf(ids)));
    return new ExpertConfig(experts, shared, false);
  }

  /** Bytes of the experts that it becomes. */
  public long foldedBytes() {
    BaseExperts experts = BaseExperts.of(base.shape());
    return ExpertPlan.of(config(), experts, new Violations()).bytes();
  }

  /**
   * Writes the adapter that it is, as an ESFT folder: {@code expert_cfg.json}, weights, and the
   * documents that lie beside the LoRA.
   *
   * @param target made if it is missing
   */
  public void fold(Path target) throws IOException {
    Files.createDirectories(target);
    ExpertConfig config = config();
    Files.write(target.resolve(ExpertConfig.FILE), config.json());
    for (String name : contents.names()) {
      if (AdapterFileNames.isDocument(name) && !name.equals(LoraConfig.FILE)) {
        Files.copy(contents.path(name), target.resolve(name));
      }
    }
    List<WeightsFile> files = WeightsFile.of(config, base.shape(), FILE_BYTES_MAX);
    for (WeightsFile file : files) {
      try (OutputStream out = Files.newOutputStream(target.resolve(file.name()))) {
        file.write(out, this::expert);
      }
    }
    if (files.size() > 1) {
      Files.write(target.resolve(WeightsFile.INDEX), WeightsFile.index(files));
    }
  }

  private ExpertWeights expert(int layer, int column, Arena arena) {
    ExpertWeights original = base.expert(layer, column);
    ModelShape.Experts experts = base.shape().experts();
    boolean shared = column >= experts.routed();
    int expert = shared ? ExpertPart.SHARED : column;
    int offset = shared ? (column - experts.routed()) * experts.intermediate() : 0;
    int width =
        shared
            ? Math.min(experts.intermediate(), experts.sharedWidth() - offset)
            : experts.intermediate();
    int hidden = base.shape().hidden();
    LoraPair.Live wide = new LoraPair.Live(width, hidden);
    LoraPair.Live high = new LoraPair.Live(hidden, width);
    return new ExpertWeights(
        folded(new ExpertPart(layer, expert, "gate"), original.gate(), offset, 0, wide, arena),
        folded(new ExpertPart(layer, expert, "up"), original.up(), offset, 0, wide, arena),
        folded(new ExpertPart(layer, expert, "down"), original.down(), 0, offset, high, arena));
  }

  private MatrixData folded(
      ExpertPart part, MatrixData w, int rows, int columns, LoraPair.Live live, Arena arena) {
    LoraPair pair = pairs.get(part);
    return pair == null ? w : pair.addedTo(w, rows, columns, live, arena);
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
