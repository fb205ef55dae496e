package dev.heddle.console.answers;

/** A tenant as it sees itself. */
public record OwnTenant(
    String name, Limits limits, Consumption consumption, long adapters, long keys) {}
