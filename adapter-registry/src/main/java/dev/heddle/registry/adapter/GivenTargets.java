package dev.heddle.registry.adapter;

import dev.heddle.format.Digest;
import dev.heddle.format.Violation;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Targets as a client gives them: names of versions and their weights. */
final class GivenTargets {
  private GivenTargets() {}

  /**
   * @throws InvalidException if there are too few, too many, or weights that are none
   */
  static void requireBounds(Map<VersionName, Integer> weights) {
    List<Violation> violations = new ArrayList<>();
    if (weights.isEmpty() || weights.size() > Aliases.TARGETS_MAX) {
      violations.add(
          new Violation(
              "target-count", "targets", "must be 1 to " + Aliases.TARGETS_MAX + " versions"));
    }
    weights.forEach((version, weight) -> {
      if (weight < 1 || weight > Aliases.WEIGHT_MAX) {
        violations.add(
            new Violation(
                "weight",
                version.toString(),
                "the weight must be between 1 and " + Aliases.WEIGHT_MAX));
      }
    });
    InvalidException.throwIfAny(violations);
  }

  /**
   * The versions named, by adapter and number.
   *
   * @param own the only adapter whose versions may be meant, null if all may
   * @throws InvalidException naming all that are unknown or of another adapter
   * @throws ConflictException {@code version-not-ready} naming all that are not
   */
  static List<AliasTarget> find(
      JdbcClient jdbc, UUID tenant, @Nullable String own, Map<VersionName, Integer> weights) {
    List<Violation> violations = new ArrayList<>();
    List<AliasTarget> targets = new ArrayList<>();
    List<String> unready = new ArrayList<>();
    new TreeMap<>(weights)
        .forEach((name, weight) -> {
          if (own != null && !own.equals(name.adapter())) {
            violations.add(
                new Violation(
                    "foreign-version",
                    name.toString(),
                    "is none of " + own + ", and an adapter's own name means its versions only"));
            return;
          }
          Optional<Version> version = VersionRows.find(jdbc, tenant, name.adapter(), name.number());
          if (version.isEmpty()) {
            violations.add(
                new Violation("version-not-found", name.toString(), "there is no such version"));
            return;
          }
          target(version.get(), weight)
              .ifPresentOrElse(
                  targets::add, () -> unready.add(name + " is " + version.get().state()));
        });
    InvalidException.throwIfAny(violations);
    if (!unready.isEmpty()) {
      throw AliasMoves.notReady(String.join(", ", unready));
    }
    return targets;
  }

  /** Empty unless the version is ready. */
  static Optional<AliasTarget> target(Version version, int weight) {
    Digest digest = version.digest();
    if (version.state() != VersionState.READY || digest == null) {
      return Optional.empty();
    }
    return Optional.of(
        new AliasTarget(version.id(), version.adapter(), version.number(), digest, weight));
  }
}
