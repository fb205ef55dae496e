package dev.heddle.registry.usage;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Usage summed up.
 *
 * @param period when it begins
 * @param tenant name of who asked
 * @param model {@code adapter@number} or {@code adapter}, another tenant's behind {@code owner/};
 *     null for the base model, and where lines do not tell models apart
 * @param promptTokens {@code cachedTokens} among them
 * @param queued sum of the times until admission
 * @param engine sum of the times from admission to the end
 */
public record UsageLine(
    Instant period,
    String tenant,
    @Nullable String model,
    long requests,
    long promptTokens,
    long cachedTokens,
    long completionTokens,
    Duration queued,
    Duration engine) {}
