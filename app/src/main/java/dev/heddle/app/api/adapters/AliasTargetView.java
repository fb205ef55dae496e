package dev.heddle.app.api.adapters;

import dev.heddle.registry.adapter.AliasTarget;
import java.util.List;

/**
 * One of the versions that a name refers to.
 *
 * @param version {@code adapter@number}
 * @param digest {@code sha256:…}
 * @param weight its share of the requests, relative to the other targets'
 */
record AliasTargetView(String version, String digest, int weight) {
  static List<AliasTargetView> of(List<AliasTarget> targets) {
    return targets.stream()
        .map(t -> new AliasTargetView(t.label(), t.digest().qualified(), t.weight()))
        .toList();
  }
}
