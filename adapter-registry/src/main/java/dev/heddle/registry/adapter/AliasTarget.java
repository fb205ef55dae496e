package dev.heddle.registry.adapter;

import dev.heddle.format.Digest;
import java.util.UUID;

/**
 * One of the versions that a name refers to.
 *
 * @param adapter the adapter's name
 * @param weight its share of the requests, relative to the other targets' weights
 */
public record AliasTarget(UUID versionId, String adapter, int number, Digest digest, int weight) {
  /** As callers name it: {@code adapter@number}. */
  public String label() {
    return adapter + "@" + number;
  }
}
