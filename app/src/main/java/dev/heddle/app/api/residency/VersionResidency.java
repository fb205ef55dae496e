package dev.heddle.app.api.residency;

import dev.heddle.experts.ResidencyStats.Resident;
import dev.heddle.format.Digest;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.residency.Holder;
import dev.heddle.registry.residency.Pins;
import dev.heddle.runtime.InferenceRuntime;
import java.util.List;
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

  /** Null while the version is not resident. Blocks on the database where it is. */
  public @Nullable ResidentVersionView of(Version version) {
    Digest digest = version.digest();
    if (digest == null) {
      return null;
    }
    for (Resident resident : runtime.residency().residents()) {
      if (resident.adapter().equals(digest)) {
        return ResidentVersionView.of(resident, isPinned(version, digest));
      }
    }
    return null;
  }

  private boolean isPinned(Version version, Digest digest) {
    return pins.holders(List.of(digest)).stream()
        .filter(Holder::pinned)
        .anyMatch(holder ->
            holder.tenantId().equals(version.tenantId())
                && holder.version().equals(version.label()));
  }
}
