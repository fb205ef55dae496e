package dev.heddle.registry.usage;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one request used.
 *
 * @param requestId makes recording it twice the same as once
 * @param keyId of a key of the tenant
 * @param model as the request named it
 * @param version what answered, null for the base model
 * @param outcome how it ended, e.g. {@code stop}, {@code length}, {@code cancelled}
 * @param promptTokens tokens of the prompt, {@code cachedTokens} of them found in the prefix cache
 * @param completionTokens tokens generated and sent, of all choices
 * @param queued time until it was admitted
 * @param engine time from then until its end
 */
public record UsageRow(
    String requestId,
    UUID tenantId,
    UUID keyId,
    String model,
    @Nullable Served version,
    String outcome,
    int promptTokens,
    int cachedTokens,
    int completionTokens,
    Duration queued,
    Duration engine,
    Instant finishedAt) {
  /** A version and the tenant it belongs to. */
  public record Served(UUID ownerId, UUID versionId) {}
}
