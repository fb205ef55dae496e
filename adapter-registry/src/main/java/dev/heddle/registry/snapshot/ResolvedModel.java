package dev.heddle.registry.snapshot;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Something a tenant may call.
 *
 * @param name as the request, or the list of models, has it
 * @param ownedBy name of the tenant, {@value #BASE_OWNER} for the base model
 * @param baseId of the base model, which answers itself or carries the version
 * @param version null for the base model
 * @param servedBy what answers, as the tenant names it: {@code adapter@number}, another tenant's
 *     {@code owner/adapter@number}, or the base model's name
 */
public record ResolvedModel(
    String name,
    String ownedBy,
    Instant createdAt,
    UUID baseId,
    @Nullable VersionRef version,
    String servedBy) {
  static final String BASE_OWNER = "heddle";
}
