package dev.heddle.registry.adapter;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One change of a name's targets.
 *
 * @param targets empty when it was made to mean nothing
 * @param restores the revision whose targets a rollback brought back, null for any other change
 */
public record AliasRevision(
    long revision,
    List<AliasTarget> targets,
    @Nullable Long restores,
    Instant changedAt,
    String changedBy) {
  public AliasRevision {
    targets = List.copyOf(targets);
  }
}
