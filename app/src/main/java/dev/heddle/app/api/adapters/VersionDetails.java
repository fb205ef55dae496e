package dev.heddle.app.api.adapters;

import dev.heddle.app.api.imports.VersionImports;
import dev.heddle.app.api.residency.VersionResidency;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.Versions;
import org.springframework.stereotype.Component;

/** Gathers all that is shown of one version. Blocks on the database. */
@Component
public final class VersionDetails {
  private final Versions versions;
  private final VersionResidency residency;
  private final VersionImports imports;

  VersionDetails(Versions versions, VersionResidency residency, VersionImports imports) {
    this.versions = versions;
    this.residency = residency;
    this.imports = imports;
  }

  public VersionDetailView of(Version version) {
    return of(version, false);
  }

  /**
   * @param each whether to show the digest of each expert
   */
  VersionDetailView of(Version version, boolean each) {
    return VersionDetailView.of(
        version, versions.experts(version.id()), each, residency.of(version), imports.of(version));
  }
}
