package dev.heddle.console.answers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Usage in a span of time. */
public record UsageLine(
    Instant period,
    String tenant,
    @Nullable String model,
    long requests,
    long promptTokens,
    long cachedTokens,
    long completionTokens,
    double queuedSeconds,
    double engineSeconds) {}
