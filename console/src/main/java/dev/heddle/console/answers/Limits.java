package dev.heddle.console.answers;

import org.jspecify.annotations.Nullable;

/** What a tenant may use. Null means no limit. */
public record Limits(
    @Nullable Long requestsPerMinute,
    @Nullable Long tokensPerMinute,
    @Nullable Integer concurrentSequences,
    @Nullable Long storedBytes,
    @Nullable Integer residentSlots) {}
