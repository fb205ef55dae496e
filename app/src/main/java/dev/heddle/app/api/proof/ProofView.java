package dev.heddle.app.api.proof;

import dev.heddle.app.api.ViolationView;
import dev.heddle.registry.adapter.Proof;
import dev.heddle.registry.adapter.Version;
import java.time.Instant;
import java.util.List;

/**
 * How a version answered its golden prompts when they were last run.
 *
 * @param cases how many there are
 * @param violations those that it answered otherwise, or that could not be asked
 */
public record ProofView(
    String name, int cases, boolean passed, List<ViolationView> violations, Instant provedAt) {
  public static ProofView of(Version version, Proof proof) {
    return new ProofView(
        version.label(),
        proof.cases(),
        proof.violations().isEmpty(),
        ViolationView.of(proof.violations()),
        proof.at());
  }
}
