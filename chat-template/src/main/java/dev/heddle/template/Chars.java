package dev.heddle.template;

/** Characters as Python classes them. Texts are counted and cut in code points, as Python does. */
final class Chars {
  private Chars() {}

  /** {@code len} of a text: its code points. */
  static int count(String text) {
    return text.codePointCount(0, text.length());
  }

  /** {@code str.isspace}, and {@code \s} of a regular expression. */
  static boolean isSpace(int c) {
    if (c < 128) {
      return c == ' ' || (c >= 9 && c <= 13) || (c >= 0x1C && c <= 0x1F);
    }
    return c == 0x85 || Character.isSpaceChar(c);
  }

  /** What {@code str.splitlines} ends a line at, apart from a carriage return and line feed. */
  static boolean isLineBreak(int c) {
    return (c >= 10 && c <= 13)
        || (c >= 0x1C && c <= 0x1E)
        || c == 0x85
        || c == 0x2028
        || c == 0x2029;
  }

  /** {@code str.isprintable} of one character: {@code repr} shows it as it is. */
  static boolean isPrintable(int c) {
    if (c == ' ') {
      return true;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** Whether a letter has a case: what {@code title} and {@code islower} look at. */
  static boolean isCased(int c) {
    return Character.isUpperCase(c) || Character.isLowerCase(c) || Character.isTitleCase(c);
  }

  /** Whether every code point is one char, so that indices are the same. */
  static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static String trailing(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.codePointBefore(end))) {
      end -= Character.charCount(text.codePointBefore(end));
    }
    return text.substring(0, end);
  }

  /** Compares by code points, which differs from {@link String#compareTo} beyond U+FFFF. */
  static int compare(String a, String b) {
    int shared = Math.min(a.length(), b.length());
    for (int i = 0; i < shared; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean both = Character.isSurrogate(x) == Character.isSurrogate(y);
        return both ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
