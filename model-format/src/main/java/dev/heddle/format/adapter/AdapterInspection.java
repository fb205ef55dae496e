package dev.heddle.format.adapter;

import dev.heddle.format.Digests;
import dev.heddle.format.FormatException;
import dev.heddle.format.Violation;
import dev.heddle.format.adapter.ExpertTensors.ExpertSize;
import dev.heddle.format.model.ModelFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an adapter's folder is.
 *
 * @param config what it says it tunes; null if that cannot be read
 * @param manifest digests of adapter and experts; null without a base or with violations
 * @param experts digests of its experts: with a base those that differ from the base's, without one
 *     all routed ones (the columns of shared ones are not known); empty with violations
 * @param slots expert slots it needs: with a manifest, experts that differ from the base's;
 *     without, all that it tunes
 * @param bytes of weights in those slots; 0 if the experts' sizes are not known
 * @param violations everything wrong; empty if it can be served
 */
public record AdapterInspection(
    @Nullable ExpertConfig config,
    @Nullable AdapterManifest manifest,
    List<TunedExpert> experts,
    int slots,
    long bytes,
    List<Violation> violations) {
  public AdapterInspection {
    experts = List.copyOf(experts);
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
            adapter.config(),
            manifest,
            manifest.experts(),
            manifest.experts().size(),
            manifest.bytes(),
            List.of());
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
      return new AdapterInspection(
          config, null, routed(reader), slots, bytes, reader.violations().list());
    }
  }

  private static List<TunedExpert> routed(AdapterReader reader) {
    ExpertConfig config = reader.config();
    ExpertTensors tensors = reader.tensors();
    List<TunedExpert> experts = new ArrayList<>();
    if (config != null && tensors != null && reader.violations().isEmpty()) {
      config
          .experts()
          .forEach((layer, ids) ->
              ids.forEach(id ->
                  experts.add(
                      new TunedExpert(layer, id, Digests.expert(tensors.routed(layer, id))))));
    }
    return experts;
  }
}
