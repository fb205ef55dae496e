package dev.heddle.registry.adapter;

import java.time.Instant;
import java.util.List;

/**
 * What a name was made to mean at one time.
 *
 * @param revision counts the changes of this name
 * @param versions version numbers, empty when the name was made to mean nothing
 */
public record Publication(
    long revision, List<Integer> versions, Instant changedAt, String changedBy) {
  public Publication {
    versions = List.copyOf(versions);
  }
}
