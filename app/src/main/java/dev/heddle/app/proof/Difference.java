package dev.heddle.app.proof;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says where two answers part, showing no more than a few words of each. */
final class Difference {
  private static final int BEFORE = 40;
  private static final int CHARS_MAX = 200;
  private static final int TOKENS_MAX = 32;

  private Difference() {}

  /** Null if they are the same. */
  static @Nullable String of(String expected, String actual) {
    if (expected.equals(actual)) {
      return null;
    }
    int same = 0;
    while (same < expected.length()
        && same < actual.length()
        && expected.charAt(same) == actual.charAt(same)) {
      same++;
    }
    int from = Math.max(0, same - BEFORE);
    return "expected " + part(expected, from) + ", but the answer is " + part(actual, from);
  }

  /** Null if they are the same. */
  static @Nullable String of(List<Integer> expected, List<Integer> actual) {
    if (expected.equals(actual)) {
      return null;
    }
    int same = 0;
    while (same < Math.min(expected.size(), actual.size())
        && expected.get(same).equals(actual.get(same))) {
      same++;
    }
    return "from token "
        + same
        + " on expected "
        + part(expected, same)
        + ", but the answer is "
        + part(actual, same);
  }

  private static String part(String text, int from) {
    int to = Math.min(text.length(), from + CHARS_MAX);
    return "\""
        + (from > 0 ? "…" : "")
        + text.substring(Math.min(from, to), to)
        + (to < text.length() ? "…" : "")
        + "\"";
  }

  private static String part(List<Integer> tokens, int from) {
    int to = Math.min(tokens.size(), from + TOKENS_MAX);
    return tokens.subList(from, to) + (to < tokens.size() ? "…" : "");
  }
}
