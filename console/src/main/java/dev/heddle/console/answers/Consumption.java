package dev.heddle.console.answers;

import org.jspecify.annotations.Nullable;

/** What counts against the limits now. */
public record Consumption(
    @Nullable Long requestsRemaining,
    @Nullable Long tokensRemaining,
    int concurrentSequences,
    long storedBytes,
    int residentSlots) {}
