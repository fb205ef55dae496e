package dev.heddle.template;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Taking texts apart, and replacing parts of them, as Python's str does. */
final class Splits {
  private Splits() {}

  /**
   * @param separator what stands between the parts, or null for runs of white space
   * @param most how many times to split, negative for as often as possible
   * @param fromRight whether to split at the last separators
   */
  static List<Object> split(
      String text, @Nullable String separator, int most, boolean fromRight, Budget budget) {
    int times = most < 0 ? Integer.MAX_VALUE : most;
    if (separator != null && separator.isEmpty()) {
      throw new Fault("empty separator");
    }
    budget.search(text, separator == null ? "" : separator);
    List<Object> parts = new ArrayList<>();
    if (fromRight) {
      right(text, separator, times, parts, budget);
    } else {
      left(text, separator, times, parts, budget);
    }
    return parts;
  }

  private static void left(
      String text, @Nullable String separator, int times, List<Object> parts, Budget budget) {
    String rest = separator == null ? StringMethods.strip(text, null, true, false) : text;
    int from = 0;
    while (parts.size() < times) {
      int at = separator == null ? space(rest, from) : rest.indexOf(separator, from);
      if (at < 0) {
        break;
      }
      parts.add(part(rest, from, at, budget));
      from = separator == null ? pastSpace(rest, at) : at + separator.length();
    }
    if (separator != null || from < rest.length()) {
      parts.add(part(rest, from, rest.length(), budget));
    }
  }

  private static void right(
      String text, @Nullable String separator, int times, List<Object> parts, Budget budget) {
    int width = separator == null ? 0 : separator.length();
    int to = separator == null ? Chars.trailing(text).length() : text.length();
    while (parts.size() < times) {
      int end = separator == null ? spaceBefore(text, to) : text.lastIndexOf(separator, to - width);
      if (end < 0) {
        break;
      }
      parts.add(part(text, end + width, to, budget));
      to = end;
      while (separator == null && to > 0 && Chars.isSpace(text.charAt(to - 1))) {
        to--;
      }
    }
    if (separator != null || to > 0) {
      parts.add(part(text, 0, to, budget));
    }
    java.util.Collections.reverse(parts);
  }

  private static String part(String text, int from, int to, Budget budget) {
    budget.elements(1);
    return budget.made(text.substring(from, to));
  }

  private static int space(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (Chars.isSpace(text.charAt(i))) {
        return i;
      }
    }
    return -1;
  }

  private static int pastSpace(String text, int from) {
    int i = from;
    while (i < text.length() && Chars.isSpace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  /** Where the word that ends at {@code to} begins, or -1 if no space is before it. */
  private static int spaceBefore(String text, int to) {
    for (int i = to; i > 0; i--) {
      if (Chars.isSpace(text.charAt(i - 1))) {
        return i;
      }
    }
    return -1;
  }

  static List<Object> lines(String text, boolean keepEnds, Budget budget) {
    List<Object> lines = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      if (Chars.isLineBreak(text.charAt(i))) {
        int end = text.startsWith("\r\n", i) ? i + 2 : i + 1;
        lines.add(part(text, from, keepEnds ? end : i, budget));
        from = end;
        i = end - 1;
      }
    }
    if (from < text.length()) {
      lines.add(part(text, from, text.length(), budget));
    }
    return lines;
  }

  /** How often {@code part} is in the text, without overlaps; nothing is between all characters. */
  static int count(String text, String part) {
    if (part.isEmpty()) {
      return Chars.count(text) + 1;
    }
    int count = 0;
    for (int i = text.indexOf(part); i >= 0; i = text.indexOf(part, i + part.length())) {
      count++;
    }
    return count;
  }

  /**
   * @param most how many to replace, from the left, or negative for all
   */
  static String replace(String text, String old, String by, int most, Budget budget) {
    budget.search(text, old);
    int times = most < 0 ? Integer.MAX_VALUE : most;
    budget.charge((long) Math.min(times, count(text, old)) * by.length());
    StringBuilder out = new StringBuilder();
    int from = 0;
    for (int i = 0; i < times && from <= text.length(); i++) {
      int at = old.isEmpty() ? from : text.indexOf(old, from);
      if (at < 0) {
        break;
      }
      out.append(text, from, at).append(by);
      from = at + old.length();
      if (old.isEmpty() && at < text.length()) {
        out.appendCodePoint(text.codePointAt(at));
      }
      if (old.isEmpty()) {
        from = at + (at < text.length() ? Character.charCount(text.codePointAt(at)) : 1);
      }
    }
    return from < text.length() ? out.append(text, from, text.length()).toString() : out.toString();
  }
}
