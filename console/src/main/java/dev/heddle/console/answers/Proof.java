package dev.heddle.console.answers;

import java.time.Instant;
import java.util.List;

/** How a version answered its golden prompts when they were last run. */
public record Proof(int cases, boolean passed, List<Violation> violations, Instant provedAt) {}
