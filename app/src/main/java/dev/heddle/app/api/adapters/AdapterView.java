package dev.heddle.app.api.adapters;

import dev.heddle.registry.adapter.Adapter;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.Visibility;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An adapter.
 *
 * @param owner name of the tenant
 * @param published number of the version that its name refers to, the one with the largest weight
 *     if there are several; null if none
 * @param targets all versions that its name refers to
 * @param versions number of its versions by state, see {@link VersionState}; states without a
 *     version are left out. Not counted by the revision.
 * @param revision grows with every change of what is shown here
 * @param archivedAt null while it is in use
 */
record AdapterView(
    String name,
    String owner,
    String baseModel,
    @Schema(allowableValues = {"private", "granted", "public"}) String visibility,
    String description,
    Map<String, String> labels,
    @Nullable Integer published,
    List<AliasTargetView> targets,
    Map<String, Integer> versions,
    long revision,
    Instant createdAt,
    @Nullable Instant archivedAt) {
  static AdapterView of(Adapter adapter) {
    Visibility visibility = adapter.visibility();
    return new AdapterView(
        adapter.name(),
        adapter.owner(),
        adapter.baseModel(),
        visibility.text(),
        adapter.description(),
        new TreeMap<>(adapter.labels()),
        adapter.published(),
        AliasTargetView.of(adapter.targets()),
        versions(adapter),
        adapter.revision(),
        adapter.createdAt(),
        adapter.archivedAt());
  }

  private static Map<String, Integer> versions(Adapter adapter) {
    Map<String, Integer> counts = new TreeMap<>();
    adapter.versions().forEach((state, count) -> counts.put(state.name(), count));
    return counts;
  }
}
