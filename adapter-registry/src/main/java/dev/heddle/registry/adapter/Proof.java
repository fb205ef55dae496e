package dev.heddle.registry.adapter;

import dev.heddle.format.Violation;
import java.time.Instant;
import java.util.List;

/**
 * How a version answered its golden prompts.
 *
 * @param cases how many it has
 * @param violations those that it answered otherwise, or that could not be asked; bounded
 */
public record Proof(Instant at, int cases, List<Violation> violations) {
  public Proof {
    violations = List.copyOf(violations);
  }
}
