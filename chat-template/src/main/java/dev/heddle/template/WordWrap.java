package dev.heddle.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Python's {@code textwrap.wrap} of one line, tabs and spaces left as they are. */
final class WordWrap {
  private static final Pattern WORDS = Pattern.compile("\\s+|\\S+");

  /** Ends of pieces that may stand on a line: a hyphen between letters. */
  private static final Pattern HYPHEN = Pattern.compile("(?<=\\p{L}-)(?=\\p{L})");

  private WordWrap() {}

  static List<String> lines(String text, int width, boolean breakLong, boolean hyphens) {
    Deque<String> pieces = pieces(text, hyphens);
    List<String> lines = new ArrayList<>();
    while (!pieces.isEmpty()) {
      if (!lines.isEmpty() && pieces.getFirst().isBlank()) {
        pieces.removeFirst();
      }
      List<String> line = line(pieces, width, breakLong);
      if (!line.isEmpty() && line.getLast().isBlank()) {
        line.removeLast(); // Python looks at the last piece alone, and so must this
      }
      if (!line.isEmpty()) {
        lines.add(String.join("", line));
      }
    }
    return lines;
  }

  private static List<String> line(Deque<String> pieces, int width, boolean breakLong) {
    List<String> line = new ArrayList<>();
    int used = 0;
    while (!pieces.isEmpty() && used + Chars.count(pieces.getFirst()) <= width) {
      used += Chars.count(pieces.getFirst());
      line.add(pieces.removeFirst());
    }
    if (!pieces.isEmpty() && Chars.count(pieces.getFirst()) > width) {
      if (breakLong) {
        String piece = pieces.removeFirst();
        int cut = piece.offsetByCodePoints(0, width - used);
        line.add(piece.substring(0, cut));
        pieces.addFirst(piece.substring(cut));
      } else if (line.isEmpty()) {
        line.add(pieces.removeFirst());
      }
    }
    return line;
  }

  private static Deque<String> pieces(String text, boolean hyphens) {
    Deque<String> pieces = new ArrayDeque<>();
    Matcher words = WORDS.matcher(text);
    while (words.find()) {
      if (hyphens) {
        pieces.addAll(List.of(HYPHEN.split(words.group(), -1)));
      } else {
        pieces.add(words.group());
      }
    }
    return pieces;
  }
}
