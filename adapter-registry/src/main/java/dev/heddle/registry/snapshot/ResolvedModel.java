package dev.heddle.registry.snapshot;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something a tenant may call.
 *
 * @param name as the request, or the list of models, has it
 * @param ownedBy name of the tenant, {@value #BASE_OWNER} for the base model
 * @param version null for the base model
 */
public record ResolvedModel(
    String name, String ownedBy, Instant createdAt, @Nullable VersionRef version) {
  static final String BASE_OWNER = "heddle";

  /** What answers: {@code adapter@number}, or the base model's name. */
  public String servedBy() {
    return version == null ? name : version.label();
  }
}
