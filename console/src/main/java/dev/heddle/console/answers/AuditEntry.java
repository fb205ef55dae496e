package dev.heddle.console.answers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One change. */
public record AuditEntry(
    String id,
    Instant at,
    @Nullable String tenant,
    String actor,
    String action,
    String subject,
    @Nullable JsonNode before,
    @Nullable JsonNode after) {}
