package dev.heddle.structured;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** Writes characters into a network, as UTF-8 or as they stand in a JSON string. */
final class TextWriter {
  private static final CodePoints ESCAPED =
      CodePoints.range(0, 0x1F).or(CodePoints.of('"')).or(CodePoints.of('\\'));
  private static final CodePoints PLAIN = ESCAPED.not();

  private static final CodePoints CONTROL = CodePoints.range(0, 0x1F);
  private static final CodePoints LONG = CodePoints.range(0x80, 0x10FFFF);

  private final NetworkBuilder network;
  private final boolean json;

  /** Sets of more ranges are written once, as a rule. */
  private static final int FEW_RANGES = 8;

  /** Rules of sets that are large to write and often part of others. */
  private final Map<CodePoints, Integer> rules = new HashMap<>();

  /**
   * @param json whether characters are escaped as in a JSON string, and only those that must be
   */
  TextWriter(NetworkBuilder network, boolean json) {
    this.network = network;
    this.json = json;
  }

  /** One character of a set. */
  void character(int from, CodePoints whole, int to) {
    CodePoints set = whole;
    if (set.and(LONG).equals(LONG)) {
      network.call(from, rule(LONG), to);
      set = set.and(LONG.not());
    }
    if (json && set.and(CONTROL).equals(CONTROL)) {
      network.call(from, rule(CONTROL), to);
      set = set.and(CONTROL.not());
    }
    if (set.ranges() > FEW_RANGES) {
      network.call(from, rule(set), to);
    } else {
      write(from, set, to);
    }
  }

  private int rule(CodePoints set) {
    Integer rule = rules.get(set);
    if (rule == null) {
      rule = network.rule("character");
      rules.put(set, rule);
      write(network.start(rule), set, network.end(rule));
    }
    return rule;
  }

  private void write(int from, CodePoints set, int to) {
    CodePoints plain = json ? set.and(PLAIN) : set;
    for (int i = 0; i < plain.ranges(); i++) {
      utf8(from, plain.low(i), plain.high(i), to);
    }
    if (json) {
      CodePoints escaped = set.and(ESCAPED);
      for (int i = 0; i < escaped.ranges(); i++) {
        for (int c = escaped.low(i); c <= escaped.high(i); c++) {
          bytes(from, escape(c).getBytes(StandardCharsets.US_ASCII), to);
        }
      }
    }
  }

  /** A text's bytes, as they are written. */
  byte[] encode(String text) {
    if (!json) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (ESCAPED.contains(c)) {
            escaped.append(escape(c));
          } else {
            escaped.appendCodePoint(c);
          }
        });
    return escaped.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** All texts that an automaton takes. */
  void texts(int from, TextDfa dfa, int to) {
    int[] nodes = new int[dfa.states()];
    for (int state = 0; state < nodes.length; state++) {
      nodes[state] = network.node();
    }
    network.empty(from, nodes[dfa.start()]);
    for (int state = 0; state < nodes.length; state++) {
      for (int e = 0; e < dfa.edges(state); e++) {
        character(nodes[state], dfa.label(state, e), nodes[dfa.target(state, e)]);
      }
      if (dfa.accepts(state)) {
        network.empty(nodes[state], to);
      }
    }
  }

  private void bytes(int from, byte[] bytes, int to) {
    int source = from;
    for (int i = 0; i < bytes.length; i++) {
      int target = i == bytes.length - 1 ? to : network.node();
      network.bytes(source, bytes[i] & 0xFF, bytes[i] & 0xFF, target);
      source = target;
    }
  }

  private static String escape(int c) {
    return switch (c) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      default -> "\\u%04x".formatted(c);
    };
  }

  // ---- UTF-8 of a range: split until all but the last bytes are the same, or all are free

  private void utf8(int from, int low, int high, int to) {
    int[] tops = {0x7F, 0x7FF, 0xFFFF, 0x10FFFF};
    int start = low;
    for (int length = 1; length <= 4 && start <= high; length++) {
      int end = Math.min(high, tops[length - 1]);
      if (start <= end) {
        split(from, start, end, length, to);
        start = end + 1;
      }
    }
  }

  private void split(int from, int low, int high, int length, int to) {
    for (int i = 1; i < length; i++) {
      int free = (1 << (6 * i)) - 1;
      if ((low & ~free) != (high & ~free)) {
        if ((low & free) != 0) {
          split(from, low, low | free, length, to);
          split(from, (low | free) + 1, high, length, to);
          return;
        }
        if ((high & free) != free) {
          split(from, low, (high & ~free) - 1, length, to);
          split(from, high & ~free, high, length, to);
          return;
        }
      }
    }
    int source = from;
    for (int i = length - 1; i >= 0; i--) {
      int target = i == 0 ? to : network.node();
      network.bytes(source, octet(low, i, length), octet(high, i, length), target);
      source = target;
    }
  }

  /** The byte of a character that has {@code index} bytes after it. */
  private static int octet(int c, int index, int length) {
    int bits = c >> (6 * index);
    if (index < length - 1) {
      return 0x80 | (bits & 0x3F);
    }
    return switch (length) {
      case 1 -> bits;
      case 2 -> 0xC0 | bits;
      case 3 -> 0xE0 | bits;
      default -> 0xF0 | bits;
    };
  }
}
