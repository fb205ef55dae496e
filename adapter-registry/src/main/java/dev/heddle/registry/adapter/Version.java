package dev.heddle.registry.adapter;

import dev.heddle.format.Digest;
import dev.heddle.format.Violation;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One upload of an adapter.
 *
 * @param adapter the adapter's name
 * @param number counted from 1 for each adapter, without gaps
 * @param digest the adapter digest, null until it is ready
 * @param bytes logical size of its experts, null until it is ready
 * @param report every violation found; empty unless it was rejected
 */
public record Version(
    UUID id,
    UUID tenantId,
    String adapter,
    int number,
    VersionState state,
    @Nullable Digest digest,
    @Nullable Long bytes,
    List<Violation> report,
    Instant createdAt,
    Instant changedAt) {
  public Version {
    report = List.copyOf(report);
  }

  /** As callers name it: {@code adapter@number}. */
  public String label() {
    return adapter + "@" + number;
  }

  /**
   * The version itself, if it is in a state.
   *
   * @throws dev.heddle.registry.ConflictException {@code version-state} if it is in another
   */
  public Version require(VersionState expected) {
    if (state != expected) {
      throw VersionRows.wrongState(this, expected);
    }
    return this;
  }

  /** The adapter digest of a version that is or was ready. */
  public Digest readyDigest() {
    return Objects.requireNonNull(digest, "a ready version has a digest");
  }
}
