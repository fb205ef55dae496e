package dev.heddle.format.adapter;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.FolderContents;
import dev.heddle.format.FormatException;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.safetensors.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** An adapter's folder, checked in full against its base, its experts digested. */
public final class AdapterFolder implements AdapterSource {
  private record Place(int layer, int column) {}

  private final AdapterReader reader;
  private final ExpertConfig config;
  private final ExpertTensors tensors;
  private final ModelShape shape;
  private final AdapterManifest manifest;

  private AdapterFolder(AdapterReader reader, ModelFolder base) {
    this.reader = reader;
    this.config = Objects.requireNonNull(reader.config());
    this.tensors = Objects.requireNonNull(reader.tensors());
    this.shape = base.shape();
    this.manifest = manifest(base);
  }

  /**
   * Opens a folder, reading all of it once to check and digest it.
   *
   * @param base the model it belongs to; only those of its experts that are tuned are digested, and
   *     the model itself when that has not been done
   * @throws FormatException with everything wrong; nothing stays open then
   */
  public static AdapterFolder open(Path path, ModelFolder base) {
    AdapterReader reader = AdapterReader.read(path, base);
    try {
      reader.violations().throwIfAny();
      return new AdapterFolder(reader, base);
    } catch (RuntimeException | Error e) {
      reader.close();
      throw e;
    }
  }

  /**
   * Whether a folder is an adapter rather than a model: it has {@code expert_cfg.json}, or else
   * tensors of experts and no others, as a training leaves them.
   */
  public static boolean isAdapter(Path folder) {
    if (Files.exists(folder.resolve(ExpertConfig.FILE))) {
      return true;
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return !checkpoint.names().isEmpty()
          && checkpoint.names().stream().allMatch(name -> ExpertPart.parse(name) != null);
    } catch (FormatException e) {
      return false;
    }
  }

  /** Names in the folder that are no part of the adapter, sorted; those of folders end in "/". */
  Collection<String> skipped() {
    FolderContents contents = reader.contents();
    return contents == null ? List.of() : contents.skipped();
  }

  private AdapterManifest manifest(ModelFolder base) {
    List<Place> places = new ArrayList<>();
    for (int layer = 0; layer < shape.layers(); layer++) {
      for (int expert : config.experts().getOrDefault(layer, List.of())) {
        places.add(new Place(layer, expert));
      }
      if (config.shared() && shape.isMoe(layer)) {
        int moeLayer = layer;
        IntStream.range(shape.experts().routed(), shape.experts().columns())
            .forEach(column -> places.add(new Place(moeLayer, column)));
      }
    }
    List<TunedExpert> changed =
        places.parallelStream()
            .map(place -> changed(place, base))
            .filter(Objects::nonNull)
            .toList();
    long bytes = changed.size() * shape.expertElements() * shape.dtype().bytes();
    return AdapterManifest.of(base.digest(), changed, bytes);
  }

  /** The expert with its digest, or null if it is the base's. */
  private @Nullable TunedExpert changed(Place place, ModelFolder base) {
    Digest digest = Digests.expert(weights(place.layer(), place.column()));
    return digest.equals(base.expertDigest(place.layer(), place.column()))
        ? null
        : new TunedExpert(place.layer(), place.column(), digest);
  }

  /** What the adapter's {@code expert_cfg.json} says. */
  public ExpertConfig config() {
    return config;
  }

  /** What it has to answer, as its {@code golden.json} says; none without that file. */
  public List<GoldenCase> golden() {
    return reader.golden();
  }

  @Override
  public AdapterManifest manifest() {
    return manifest;
  }

  @Override
  public ExpertWeights weights(TunedExpert expert) {
    return weights(expert.layer(), expert.column());
  }

  private ExpertWeights weights(int layer, int column) {
    int routed = shape.experts().routed();
    return column < routed ? tensors.routed(layer, column) : tensors.shared(layer, column - routed);
  }

  @Override
  public void close() {
    reader.close();
  }
}
