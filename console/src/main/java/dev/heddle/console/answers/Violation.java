package dev.heddle.console.answers;

/** One thing that is wrong. */
public record Violation(String code, String where, String message) {}
