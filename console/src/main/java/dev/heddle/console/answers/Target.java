package dev.heddle.console.answers;

/** A version that a name means, and its share. */
public record Target(String version, String digest, int weight) {}
