package dev.heddle.app.api.adapters;

import dev.heddle.registry.adapter.Adapter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An adapter.
 *
 * @param published number of the version that its name means, null if none
 * @param archivedAt null while it is in use
 */
record AdapterView(
    String name,
    String baseModel,
    @Nullable Integer published,
    Instant createdAt,
    @Nullable Instant archivedAt) {
  static AdapterView of(Adapter adapter) {
    return new AdapterView(
        adapter.name(),
        adapter.baseModel(),
        adapter.published(),
        adapter.createdAt(),
        adapter.archivedAt());
  }
}
