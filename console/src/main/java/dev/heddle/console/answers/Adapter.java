package dev.heddle.console.answers;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An adapter. */
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
    @Nullable Instant archivedAt) {

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
