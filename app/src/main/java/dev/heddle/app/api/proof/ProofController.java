package dev.heddle.app.api.proof;

import dev.heddle.app.residency.LoadLimits;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.format.Digest;
import dev.heddle.format.Violation;
import dev.heddle.format.adapter.GoldenCase;
import dev.heddle.format.adapter.GoldenFile;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Proofs;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionDocument;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.upload.AdapterProof;
import dev.heddle.runtime.InferenceRuntime;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** Runs a version's golden prompts again, and keeps what came of it. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Adapters")
final class ProofController {
  private final Versions versions;
  private final Proofs proofs;
  private final ExpertStore store;
  private final AdapterProof proof;
  private final LoadLimits limits;
  private final InferenceRuntime runtime;

  ProofController(
      Versions versions,
      Proofs proofs,
      ExpertStore store,
      AdapterProof proof,
      LoadLimits limits,
      InferenceRuntime runtime) {
    this.versions = versions;
    this.proofs = proofs;
    this.store = store;
    this.proof = proof;
    this.limits = limits;
    this.runtime = runtime;
  }

  @Operation(
      summary =
          "Run a version's golden prompts and compare the answers. 404 if it has none. The version"
              + " shows the latest run.")
  @PostMapping("/api/v1/adapters/{name}/versions/{number}:prove")
  ProofView prove(@PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Version version =
        versions.get(Caller.of(exchange).tenantId(), name, number).require(VersionState.READY);
    List<GoldenCase> golden = golden(version);
    limits.require(version);
    Digest digest = version.readyDigest();
    List<Violation> violations = proof.check(version, digest, golden);
    return ProofView.of(version, proofs.record(version, golden.size(), violations));
  }

  private List<GoldenCase> golden(Version version) {
    VersionDocument file =
        versions.documents(version.id()).stream()
            .filter(document -> document.path().equals(GoldenFile.NAME))
            .findFirst()
            .orElseThrow(() -> new NotFoundException("golden", version.label()));
    try (Arena arena = Arena.ofConfined()) {
      byte[] json = store.document(file.sha256(), arena).toArray(ValueLayout.JAVA_BYTE);
      return GoldenFile.parse(json, runtime.shape().vocabulary());
    } catch (IOException e) {
      throw UnavailableException.store("the golden prompts cannot be read now", e);
    }
  }
}
