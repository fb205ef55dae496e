package dev.heddle.structured;

/**
 * One thing that is wrong with a structure.
 *
 * @param pointer JSON pointer into the schema; empty for the whole schema and for other structures
 * @param message what is wrong, without the pointer
 */
public record Violation(String pointer, String message) {}
