package dev.heddle.console.answers;

import org.jspecify.annotations.Nullable;

/** Where a version is fetched from. */
public record Import(
    String state,
    String source,
    int files,
    @Nullable Integer filesTotal,
    long bytes,
    @Nullable Long bytesTotal,
    @Nullable String error) {}
