package dev.heddle.app.api.residency;

import dev.heddle.experts.ResidencyStats.Resident;
import dev.heddle.format.Digest;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.residency.Holder;
import dev.heddle.registry.residency.Pins;
import dev.heddle.runtime.InferenceRuntime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Whether a version's experts are in the slots, as its owner may know it. */
@Component
public final class VersionResidency {
  private final InferenceRuntime runtime;
  private final Pins pins;

  VersionResidency(InferenceRuntime runtime, Pins pins) {
    this.runtime = runtime;
    this.pins = pins;
  }

  /** Digests of the adapters that are in the slots. Does not block. */
  public Set<Digest> adapters() {
    return runtime.residency().residents().stream()
        .map(Resident::adapter)
        .collect(Collectors.toSet());
  }

  /** Null while the version is not resident. Blocks on the database where it is. */
  public @Nullable ResidentVersionView of(Version version) {
    return of(List.of(version)).get(version);
  }

  /** Of these versions, those that are resident. Blocks on the database where there are any. */
  public Map<Version, ResidentVersionView> of(List<Version> versions) {
    Map<Digest, Resident> residents =
        runtime.residency().residents().stream()
            .collect(Collectors.toMap(Resident::adapter, Function.identity()));
    List<Version> there =
        versions.stream()
            .filter(version -> version.digest() != null)
            .filter(version -> residents.containsKey(version.readyDigest()))
            .toList();
    Set<String> pinned = pinned(there);
    return there.stream()
        .collect(
            Collectors.toMap(
                Function.identity(),
                version ->
                    ResidentVersionView.of(
                        Objects.requireNonNull(residents.get(version.readyDigest())),
                        pinned.contains(name(version.tenantId(), version.label())))));
  }

  private Set<String> pinned(List<Version> versions) {
    Set<Digest> digests = versions.stream().map(Version::readyDigest).collect(Collectors.toSet());
    return pins.holders(digests).stream()
        .filter(Holder::pinned)
        .map(holder -> name(holder.tenantId(), holder.version()))
        .collect(Collectors.toSet());
  }

  private static String name(UUID tenant, String version) {
    return tenant + "/" + version;
  }
}
