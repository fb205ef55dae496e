package dev.heddle.registry.adapter;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A name under which versions are uploaded.
 *
 * @param published number of the version that the name means, null if it means none yet
 * @param archivedAt null while it is in use
 */
public record Adapter(
    UUID id,
    UUID tenantId,
    String name,
    UUID baseModelId,
    String baseModel,
    @Nullable Integer published,
    Instant createdAt,
    @Nullable Instant archivedAt) {}
