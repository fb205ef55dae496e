package dev.heddle.format;

/**
 * One thing wrong with an input, in words its owner can act on.
 *
 * @param code stable kebab-case name of the rule, e.g. {@code missing-tensor}
 * @param where what is at fault: a file, a tensor's name, a field's path
 * @param message one sentence that states what was found and what was expected
 */
public record Violation(String code, String where, String message) {
  @Override
  public String toString() {
    return code + " at " + where + ": " + message;
  }
}
