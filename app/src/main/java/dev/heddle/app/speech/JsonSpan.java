package dev.heddle.app.speech;

/**
 * Finds where a JSON object or array ends, character by character; says nothing of what is in it.
 */
final class JsonSpan {
  private static final int DEPTH_MAX = 64;

  private final StringBuilder text = new StringBuilder();

  /** A bit for each open bracket, the innermost lowest: whether it is that of an array. */
  private long arrays;

  private int depth;
  private boolean quoted;
  private boolean escaped;

  /**
   * Takes a character; returns whether it can belong to the value, which begins with it or before.
   */
  boolean feed(char c) {
    text.append(c);
    if (quoted) {
      if (escaped) {
        escaped = false;
      } else if (c == '\\') {
        escaped = true;
      } else if (c == '"') {
        quoted = false;
      }
      return true;
    }
    switch (c) {
      case '"' -> quoted = true;
      case '{', '[' -> {
        if (depth == DEPTH_MAX) {
          return false;
        }
        depth++;
        arrays = (arrays << 1) | (c == '[' ? 1 : 0);
      }
      case '}', ']' -> {
        if (depth == 0 || (arrays & 1) != (c == ']' ? 1 : 0)) {
          return false;
        }
        depth--;
        arrays >>>= 1;
      }
      default -> {}
    }
    return true;
  }

  boolean isWhole() {
    return depth == 0 && !text.isEmpty();
  }

  /** Characters that have come. */
  int length() {
    return text.length();
  }

  /** What has come. */
  String text() {
    return text.toString();
  }
}
