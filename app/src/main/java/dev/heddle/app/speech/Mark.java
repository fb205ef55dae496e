package dev.heddle.app.speech;

/** A text that is expected, character by character, with space before it. */
final class Mark {
  private final String text;
  private int at;
  private boolean missed;

  Mark(String text) {
    this.text = text;
  }

  /** Whether the character is the next one, or space before the first; never again after a miss. */
  boolean feed(char c) {
    if (missed) {
      return false;
    }
    if (at == 0 && Character.isWhitespace(c)) {
      return true;
    }
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    missed = true;
    return false;
  }

  boolean isWhole() {
    return !missed && at == text.length();
  }
}
