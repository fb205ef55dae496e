package dev.heddle.console.answers;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An adapter; {@code resident} is there where it is one of a list. */
public record Adapter(
    String name,
    String owner,
    String baseModel,
    String visibility,
    String description,
    Map<String, String> labels,
    @Nullable Integer published,
    List<Target> targets,
    long revision,
    Instant createdAt,
    @Nullable Instant archivedAt,
    @Nullable List<String> resident) {
  /** Whether a version is in the slots now. */
  public boolean holds(String version) {
    return resident != null && resident.contains(version);
  }

  /** The share of 100 that a version, such as {@code intent@3}, has now of what the name means. */
  public long share(String version) {
    long all = targets.stream().mapToLong(Target::weight).sum();
    long own =
        targets.stream()
            .filter(target -> target.version().equals(version))
            .mapToLong(Target::weight)
            .sum();
    return all == 0 ? 0 : Math.round(100.0 * own / all);
  }
}
