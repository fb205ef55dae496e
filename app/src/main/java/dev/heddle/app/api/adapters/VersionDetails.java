package dev.heddle.app.api.adapters;

import dev.heddle.app.api.PageView;
import dev.heddle.app.api.imports.VersionImports;
import dev.heddle.app.api.proof.ProofView;
import dev.heddle.app.api.residency.ResidentVersionView;
import dev.heddle.app.api.residency.VersionResidency;
import dev.heddle.registry.Page;
import dev.heddle.registry.adapter.Proofs;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.Versions;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Gathers all that is shown of one version. Blocks on the database. */
@Component
public final class VersionDetails {
  private final Versions versions;
  private final VersionResidency residency;
  private final VersionImports imports;
  private final Proofs proofs;

  VersionDetails(
      Versions versions, VersionResidency residency, VersionImports imports, Proofs proofs) {
    this.proofs = proofs;
    this.versions = versions;
    this.residency = residency;
    this.imports = imports;
  }

  /** With whether they are resident now. */
  PageView<ListedVersionView> list(Page<Version> page) {
    Map<Version, ResidentVersionView> resident = residency.of(page.items());
    return PageView.of(
        page, version -> new ListedVersionView(VersionView.of(version), resident.get(version)));
  }

  public VersionDetailView of(Version version) {
    return of(version, false);
  }

  /**
   * @param each whether to show the digest of each expert
   */
  VersionDetailView of(Version version, boolean each) {
    return VersionDetailView.of(
        version,
        versions.experts(version.id()),
        each,
        residency.of(version),
        imports.of(version),
        proofs.last(version.id()).map(proof -> ProofView.of(version, proof)).orElse(null));
  }
}
