package dev.heddle.app.api.adapters;

import dev.heddle.registry.adapter.Alias;
import java.time.Instant;
import java.util.List;

/**
 * A name and what it means.
 *
 * @param kind {@code adapter} for an adapter's own name, {@code alias} for any other
 * @param targets empty if it means nothing
 * @param revision counts the changes of what it means
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
