package dev.heddle.app.api.adapters;

import dev.heddle.app.api.ViolationView;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version of an adapter.
 *
 * @param name as callers name it, {@code adapter@number}
 * @param digest {@code sha256:…}, null until it is ready
 * @param bytes logical size of its experts, null until it is ready
 * @param violations why it was rejected
 */
public record VersionView(
    String adapter,
    int number,
    String name,
    VersionState state,
    @Nullable String digest,
    @Nullable Long bytes,
    Instant createdAt,
    Instant changedAt,
    List<ViolationView> violations) {
  public static VersionView of(Version version) {
    return new VersionView(
        version.adapter(),
        version.number(),
        version.label(),
        version.state(),
        version.digest() == null ? null : version.digest().qualified(),
        version.bytes(),
        version.createdAt(),
        version.changedAt(),
        ViolationView.of(version.report()));
  }
}
