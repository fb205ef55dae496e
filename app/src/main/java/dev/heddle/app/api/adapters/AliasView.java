package dev.heddle.app.api.adapters;

import dev.heddle.registry.adapter.Alias;
import java.time.Instant;
import java.util.List;

/**
 * A name and the versions that it refers to.
 *
 * @param kind {@code adapter} for an adapter's own name, {@code alias} for any other
 * @param targets empty if it refers to no version
 * @param revision grows with every change of its targets
 */
record AliasView(
    String name, String kind, List<AliasTargetView> targets, long revision, Instant changedAt) {
  static AliasView of(Alias alias) {
    return new AliasView(
        alias.name(),
        alias.isAdapter() ? "adapter" : "alias",
        AliasTargetView.of(alias.targets()),
        alias.revision(),
        alias.changedAt());
  }
}
