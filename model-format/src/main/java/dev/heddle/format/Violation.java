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
  /** The most characters of {@code where}. */
  public static final int WHERE_MAX = 150;

  /** The most characters of {@code message}. */
  public static final int MESSAGE_MAX = 300;

  public Violation {
    where = printable(where, WHERE_MAX);
    message = printable(message, MESSAGE_MAX);
  }

  /**
   * A text that is safe to print: control characters and lone surrogates escaped, cut to about
   * {@code longest} characters, with an ellipsis where something is left out.
   */
  public static String printable(String text, int longest) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      if (out.length() >= longest) {
        return out.append('…').toString();
      }
      int c = text.codePointAt(i);
      if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
        out.append(String.format("\\u%04x", c));
      } else {
        out.appendCodePoint(c);
      }
      i += Character.charCount(c);
    }
    return out.toString();
  }

  @Override
  public String toString() {
    return code + " at " + where + ": " + message;
  }
}
