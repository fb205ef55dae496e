package dev.heddle.app.api.adapters;

import dev.heddle.app.api.residency.VersionResidency;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.Versions;
import org.springframework.stereotype.Component;

/** Gathers all that is shown of one version. Blocks on the database. */
@Component
public final class VersionDetails {
  private final Versions versions;
  private final VersionResidency residency;

  VersionDetails(Versions versions, VersionResidency residency) {
    this.versions = versions;
    this.residency = residency;
  }

  public VersionDetailView of(Version version) {
    return VersionDetailView.of(version, versions.experts(version.id()), residency.of(version));
  }
}
