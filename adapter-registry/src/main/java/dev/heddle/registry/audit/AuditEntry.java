package dev.heddle.registry.audit;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One change.
 *
 * @param tenant name of the tenant it concerns, null for the whole platform
 * @param actor {@link dev.heddle.registry.Actor#name}
 * @param action a noun and a verb, e.g. {@code adapter.publish}
 * @param subject what was changed, e.g. {@code intent@3}
 * @param before JSON, null where nothing was
 * @param after JSON, null where nothing is
 */
public record AuditEntry(
    UUID id,
    Instant at,
    @Nullable String tenant,
    String actor,
    String action,
    String subject,
    @Nullable String before,
    @Nullable String after) {}
