package dev.heddle.app.api.adapters;

import dev.heddle.registry.adapter.AliasRevision;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of a name's targets.
 *
 * @param restores the revision that a rollback brought back, null for any other change
 * @param changedBy {@code key:ID}, or {@code system}
 */
record AliasRevisionView(
    long revision,
    List<AliasTargetView> targets,
    @Nullable Long restores,
    Instant changedAt,
    String changedBy) {
  static AliasRevisionView of(AliasRevision entry) {
    return new AliasRevisionView(
        entry.revision(),
        AliasTargetView.of(entry.targets()),
        entry.restores(),
        entry.changedAt(),
        entry.changedBy());
  }
}
