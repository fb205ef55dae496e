package dev.heddle.app.api.tenants;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.heddle.registry.audit.AuditEntry;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change.
 *
 * @param tenant whom it concerns, null for the whole platform
 * @param actor {@code key:ID}, or {@code system} for what Heddle does by itself
 * @param before the part that was changed, null where nothing was
 * @param after the same, null where nothing is
 */
record AuditEntryView(
    UUID id,
    Instant at,
    @Nullable String tenant,
    String actor,
    String action,
    String subject,
    @JsonRawValue @Schema(type = "object") @Nullable String before,
    @JsonRawValue @Schema(type = "object") @Nullable String after) {
  static AuditEntryView of(AuditEntry entry) {
    return new AuditEntryView(
        entry.id(),
        entry.at(),
        entry.tenant(),
        entry.actor(),
        entry.action(),
        entry.subject(),
        entry.before(),
        entry.after());
  }
}
