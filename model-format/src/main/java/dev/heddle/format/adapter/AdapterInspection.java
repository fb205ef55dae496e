package dev.heddle.format.adapter;

import dev.heddle.format.Digests;
import dev.heddle.format.FolderContents;
import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.format.Violation;
import dev.heddle.format.Violations;
import dev.heddle.format.adapter.ExpertTensors.ExpertSize;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
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
 *     all routed ones (the columns of shared ones are not known); empty with violations, and where
 *     digests were not asked for
 * @param slots expert slots it needs: with a manifest, experts that differ from the base's;
 *     without, all that it tunes
 * @param bytes of weights in those slots; 0 if the experts' sizes are not known
 * @param skipped names in the folder that are no part of the adapter, sorted; those of folders end
 *     in a slash
 * @param misfit the sentence that says that it was made for a base of another size; null if nothing
 *     tells so
 * @param violations everything wrong; empty if it can be served
 */
public record AdapterInspection(
    @Nullable ExpertConfig config,
    @Nullable AdapterManifest manifest,
    List<TunedExpert> experts,
    int slots,
    long bytes,
    List<String> skipped,
    @Nullable String misfit,
    List<Violation> violations) {
  public AdapterInspection {
    experts = List.copyOf(experts);
    skipped = List.copyOf(skipped);
    violations = List.copyOf(violations);
  }

  /**
   * Inspects a folder, reading every byte of its weights; refuses nothing.
   *
   * @param base the model it belongs to; null to check only that the adapter agrees with itself
   */
  public static AdapterInspection of(Path folder, @Nullable ModelFolder base) {
    if (base == null) {
      try (AdapterReader reader = AdapterReader.read(folder, null)) {
        return withoutManifest(reader, null, routed(reader));
      }
    }
    try (AdapterFolder adapter = AdapterFolder.open(folder, base)) {
      AdapterManifest manifest = adapter.manifest();
      return new AdapterInspection(
          adapter.config(),
          manifest,
          manifest.experts(),
          manifest.experts().size(),
          manifest.bytes(),
          List.copyOf(adapter.skipped()),
          null,
          List.of());
    } catch (FormatException refused) {
      try (AdapterReader reader = AdapterReader.read(folder, base)) {
        return withoutManifest(reader, BaseExperts.of(base.shape()), List.of());
      }
    }
  }

  /**
   * Inspects a folder where the base is not at hand: everything is checked but what only the base's
   * weights and tokenizer tell. Reads every byte of the adapter's weights, and digests none.
   */
  public static AdapterInspection against(BaseExperts base, Path folder) {
    try (AdapterReader reader = AdapterReader.read(folder, null, base)) {
      return withoutManifest(reader, base, List.of());
    }
  }

  /**
   * Inspects an {@code expert_cfg.json} without weights, e.g. one that a training is to be given.
   *
   * @param file of any name
   * @param base null if nothing is known of it; then the bytes are not known either
   */
  public static AdapterInspection ofConfig(Path file, @Nullable BaseExperts base) {
    Violations violations = new Violations();
    ExpertConfig config = null;
    int slots = 0;
    long bytes = 0;
    try {
      config = ExpertConfig.parse(Json.read(file, Json.CONFIG_BYTES), violations);
      slots = config.count();
      if (base != null) {
        ExpertPlan plan = ExpertPlan.of(config, base, violations);
        slots = plan.experts();
        bytes = plan.bytes();
      }
    } catch (FormatException e) {
      violations.addAll(e);
    }
    String misfit = config == null || base == null ? null : base.misfit(config, null).orElse(null);
    return new AdapterInspection(
        config, null, List.of(), slots, bytes, List.of(), misfit, violations.list());
  }

  private static AdapterInspection withoutManifest(
      AdapterReader reader, @Nullable BaseExperts base, List<TunedExpert> experts) {
    ExpertConfig config = reader.config();
    ExpertSize size = reader.size();
    FolderContents contents = reader.contents();
    int slots = 0;
    if (config != null) {
      slots =
          base == null
              ? config.count() + sharedSlots(config, reader)
              : ExpertPlan.of(config, base, new Violations()).experts();
    }
    return new AdapterInspection(
        config,
        null,
        experts,
        slots,
        size == null ? 0 : slots * size.expertBytes(),
        contents == null ? List.of() : List.copyOf(contents.skipped()),
        misfit(config, base, contents),
        reader.violations().list());
  }

  private static int sharedSlots(ExpertConfig config, AdapterReader reader) {
    ExpertSize size = reader.size();
    return config.shared() && size != null ? reader.moeLayers().size() * size.shared() : 0;
  }

  private static @Nullable String misfit(
      @Nullable ExpertConfig config,
      @Nullable BaseExperts base,
      @Nullable FolderContents contents) {
    if (config == null || base == null || contents == null) {
      return null;
    }
    ModelShape copy = AdapterFiles.shape(contents, new Violations());
    return base.misfit(config, copy).orElse(null);
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
