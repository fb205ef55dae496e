package dev.heddle.console.answers;

import java.time.Instant;

/** A file of a version that came in whole. */
public record StoredFile(String path, long bytes, String sha256, Instant storedAt) {}
