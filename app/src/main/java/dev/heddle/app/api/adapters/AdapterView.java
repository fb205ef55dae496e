package dev.heddle.app.api.adapters;

import dev.heddle.registry.adapter.Adapter;
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
 * @param published number of the version that its name means, the weightiest of several; null if
 *     none
 * @param targets all that its name means
 * @param revision counts changes of all that is shown here
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
        adapter.revision(),
        adapter.createdAt(),
        adapter.archivedAt());
  }
}
