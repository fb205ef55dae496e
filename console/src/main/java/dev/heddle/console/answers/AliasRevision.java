package dev.heddle.console.answers;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a name was made to mean. */
public record AliasRevision(
    long revision,
    List<Target> targets,
    @Nullable Long restores,
    Instant changedAt,
    String changedBy) {}
