package dev.heddle.format;

/**
 * One thing wrong with an input, in words its owner can act on. Text quoted from the input is safe
 * to print: control characters are escaped, what is too long is cut.
 *
 * @param code stable kebab-case name of the rule, e.g. {@code missing-tensor}
 * @param where what is at fault: a file, a tensor's name, a field's path
 * @param message one sentence that states what was found and what was expected
 */
public record Violation(String code, String where, String message) {
  private static final int LONGEST = 400;

  public Violation {
    where = printable(where);
    message = printable(message);
  }

  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < Math.min(text.length(), LONGEST); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c) || Character.isSurrogate(c)) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return text.length() > LONGEST ? out + "…" : out.toString();
  }

  @Override
  public String toString() {
    return code + " at " + where + ": " + message;
  }
}
