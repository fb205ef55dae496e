package dev.heddle.console.answers;

import java.time.Instant;

/** That a version is in the slots. */
public record Resident(Instant since, double idleSeconds, int leases, long hits, boolean pinned) {}
