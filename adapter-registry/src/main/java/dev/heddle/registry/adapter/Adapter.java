package dev.heddle.registry.adapter;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A name under which versions are uploaded.
 *
 * @param owner name of the tenant
 * @param targets what its name means, empty if nothing yet
 * @param versions how many versions it has of each state; none of a state that is not there
 * @param description free text, possibly empty
 * @param revision grows with every change of what is shown here
 * @param archivedAt null while it is in use
 */
public record Adapter(
    UUID id,
    UUID tenantId,
    String owner,
    String name,
    UUID baseModelId,
    String baseModel,
    Visibility visibility,
    String description,
    Map<String, String> labels,
    List<AliasTarget> targets,
    Map<VersionState, Integer> versions,
    long revision,
    Instant createdAt,
    @Nullable Instant archivedAt) {
  private static final Comparator<AliasTarget> WEIGHTIEST =
      Comparator.comparingInt(AliasTarget::weight).thenComparingInt(AliasTarget::number);

  public Adapter {
    labels = Map.copyOf(labels);
    targets = List.copyOf(targets);
    versions = Map.copyOf(versions);
  }

  /**
   * Number of the version that the name means, the weightiest of several; null if it means none.
   */
  public @Nullable Integer published() {
    return targets.stream().max(WEIGHTIEST).map(AliasTarget::number).orElse(null);
  }
}
