package dev.heddle.format.adapter;

import dev.heddle.format.FormatException;
import dev.heddle.format.Violation;
import dev.heddle.format.adapter.ExpertTensors.ExpertSize;
import dev.heddle.format.model.ModelFolder;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter's folder is.
 *
 * @param config what it says it tunes; null if that cannot be read
 * @param manifest digests of adapter and experts; null without a base or with violations
 * @param slots expert slots it needs: with a manifest, experts that differ from the base's;
 *     without, all that it tunes
 * @param bytes of weights in those slots; 0 if the experts' sizes are not known
 * @param violations everything wrong; empty if it can be served
 */
public record AdapterInspection(
    @Nullable ExpertConfig config,
    @Nullable AdapterManifest manifest,
    int slots,
    long bytes,
    List<Violation> violations) {
  public AdapterInspection {
    violations = List.copyOf(violations);
  }

  /**
   * Inspects a folder, reading every byte of its weights; refuses nothing.
   *
   * @param base the model it belongs to; null to check only that the adapter agrees with itself
   */
  public static AdapterInspection of(Path folder, @Nullable ModelFolder base) {
    if (base != null) {
      try (AdapterFolder adapter = AdapterFolder.open(folder, base)) {
        AdapterManifest manifest = adapter.manifest();
        return new AdapterInspection(
            adapter.config(), manifest, manifest.experts().size(), manifest.bytes(), List.of());
      } catch (FormatException refused) {
        return withoutManifest(folder, base);
      }
    }
    return withoutManifest(folder, null);
  }

  private static AdapterInspection withoutManifest(Path folder, @Nullable ModelFolder base) {
    try (AdapterReader reader = AdapterReader.read(folder, base)) {
      ExpertConfig config = reader.config();
      ExpertSize size = reader.size();
      int slots = config == null ? 0 : config.count();
      if (config != null && config.shared() && size != null) {
        slots += reader.moeLayers().size() * size.shared();
      }
      long bytes = size == null ? 0 : slots * size.expertBytes();
      return new AdapterInspection(config, null, slots, bytes, reader.violations().list());
    }
  }
}
