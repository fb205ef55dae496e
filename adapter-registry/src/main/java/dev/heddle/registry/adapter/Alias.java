package dev.heddle.registry.adapter;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a callable name means.
 *
 * @param adapterId the adapter whose own name it is; null for one that stands for itself
 * @param revision counts the changes of this name
 * @param targets by adapter and number; empty if it means nothing
 */
public record Alias(
    UUID tenantId,
    String name,
    @Nullable UUID adapterId,
    long revision,
    List<AliasTarget> targets,
    Instant changedAt) {
  public Alias {
    targets = List.copyOf(targets);
  }

  /** Whether it is an adapter's own name, which means versions of that adapter only. */
  public boolean isAdapter() {
    return adapterId != null;
  }
}
