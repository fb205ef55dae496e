package dev.heddle.structured;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads a grammar in GBNF, the notation of llama.cpp, into a network. */
final class GbnfParser {
  private final NetworkBuilder network;
  private final TextWriter text;
  private final int[] source;
  private final Map<String, Integer> rules = new HashMap<>();
  private final Set<String> defined = new HashSet<>();
  private int at;
  private int depth;

  private GbnfParser(String grammar, NetworkBuilder network, TextWriter text) {
    source = grammar.codePoints().toArray();
    this.network = network;
    this.text = text;
  }

  /**
   * The rule {@code root}.
   *
   * @throws StructureException if the grammar is broken or names a rule that it does not have
   */
  static int parse(String grammar, NetworkBuilder network, TextWriter text) {
    GbnfParser parser = new GbnfParser(grammar, network, text);
    parser.space(true);
    while (parser.at < parser.source.length) {
      parser.rule();
      parser.space(true);
    }
    Set<String> missing = new TreeSet<>(parser.rules.keySet());
    missing.removeAll(parser.defined);
    if (!missing.isEmpty()) {
      throw new StructureException(
          "the grammar has no rule '%s'".formatted(String.join("', '", missing)));
    }
    Integer root = parser.rules.get("root");
    if (root == null) {
      throw new StructureException("the grammar has no rule 'root'");
    }
    return root;
  }

  private void rule() {
    String name = name();
    space(false);
    expect("::=");
    if (!defined.add(name)) {
      throw fault("has the rule '%s' twice".formatted(name));
    }
    int rule = named(name);
    space(true);
    options(network.start(rule), network.end(rule), false);
    if (at < source.length && peek() != '\n' && peek() != '\r') {
      throw fault("has '%s' where a rule must end".formatted(Character.toString(peek())));
    }
  }

  private int named(String name) {
    return rules.computeIfAbsent(name, network::rule);
  }

  private void options(int from, int to, boolean nested) {
    network.empty(sequence(from, nested), to);
    while (peek() == '|') {
      at++;
      space(true);
      network.empty(sequence(from, nested), to);
    }
  }

  private int sequence(int from, boolean nested) {
    int last = network.node();
    network.empty(from, last);
    while (starts(peek())) {
      last = repeated(last);
      space(nested);
    }
    return last;
  }

  private static boolean starts(int c) {
    return c == '"' || c == '[' || c == '(' || c == '.' || isName(c);
  }

  /** An element, in a rule of its own if it is repeated. */
  private int repeated(int from) {
    int start = at;
    int end = skipElement();
    int[] bounds = end < source.length ? quantifierAt(end) : null;
    at = start;
    if (bounds == null) {
      return element(from);
    }
    int rule = network.rule("part");
    network.empty(element(network.start(rule)), network.end(rule));
    at = bounds[2];
    return network.repeat(from, rule, bounds[0], bounds[1]);
  }

  private int element(int from) {
    int c = peek();
    if (c == '"') {
      at++;
      StringBuilder literal = new StringBuilder();
      while (peek() != '"') {
        literal.appendCodePoint(character('"'));
      }
      at++;
      return network.after(from, literal.toString().getBytes(StandardCharsets.UTF_8));
    }
    int to = network.node();
    if (c == '[') {
      text.character(from, set(), to);
    } else if (c == '.') {
      at++;
      text.character(from, CodePoints.ALL, to);
    } else if (c == '(') {
      if (++depth > network.budget().depth()) {
        throw fault("is nested deeper than %d".formatted(network.budget().depth()));
      }
      at++;
      space(true);
      options(from, to, true);
      if (peek() != ')') {
        throw fault("has a '(' without a ')'");
      }
      at++;
      depth--;
    } else {
      network.call(from, named(name()), to);
    }
    return to;
  }

  private CodePoints set() {
    at++;
    boolean negated = peek() == '^';
    if (negated) {
      at++;
    }
    CodePoints.Union union = new CodePoints.Union();
    while (peek() != ']') {
      int low = character(']');
      int high = low;
      if (peek() == '-' && at + 1 < source.length && source[at + 1] != ']') {
        at++;
        high = character(']');
      }
      if (high < low) {
        throw fault("has a range that is out of order");
      }
      union.add(low, high);
    }
    at++;
    return negated ? union.build().not() : union.build();
  }

  private int character(char end) {
    int c = next();
    if (c != '\\') {
      return c;
    }
    int escaped = next();
    return switch (escaped) {
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      case 'U' -> hex(8);
      case '"', '[', ']', '\\', '-', '^', '/' -> escaped;
      default -> throw fault("has an unknown escape before the '%c'".formatted(end));
    };
  }

  private int hex(int digits) {
    long value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0) {
        throw fault("has an escape with a wrong hexadecimal digit");
      }
      value = value * 16 + digit;
    }
    if (value > Character.MAX_CODE_POINT) {
      throw fault("has a character beyond U+10FFFF");
    }
    return (int) value;
  }

  // ---- what follows an element tells whether it needs a rule of its own

  /** The place after an element. */
  private int skipElement() {
    int open = 0;
    do {
      int c = next();
      if (c == '"' || c == '[') {
        int close = c == '"' ? '"' : ']';
        while (peek() != close) {
          character((char) close);
        }
        at++;
      } else if (c == '(') {
        open++;
      } else if (c == ')') {
        open--;
      } else if (isName(c)) {
        at--;
        name();
      } else if (c == '#') {
        while (at < source.length && peek() != '\n') {
          at++;
        }
      }
    } while (open > 0);
    return at;
  }

  private int @Nullable [] quantifierAt(int place) {
    return switch (source[place]) {
      case '*' -> new int[] {0, -1, place + 1};
      case '+' -> new int[] {1, -1, place + 1};
      case '?' -> new int[] {0, 1, place + 1};
      case '{' -> counted(place + 1);
      default -> null;
    };
  }

  private int[] counted(int place) {
    at = place;
    int min = number();
    int max = min;
    if (peek() == ',') {
      at++;
      space(false);
      max = peek() == '}' ? -1 : number();
    }
    expect("}");
    if (max >= 0 && max < min) {
      throw fault("has a repetition whose numbers are out of order");
    }
    return new int[] {min, max, at};
  }

  private int number() {
    space(false);
    int value = -1;
    while (peek() >= '0' && peek() <= '9' && value < 100_000) {
      value = Math.max(value, 0) * 10 + (next() - '0');
    }
    if (value < 0 || value > 100_000) {
      throw fault("needs a number of 0 to 100000");
    }
    space(false);
    return value;
  }

  private String name() {
    int from = at;
    while (isName(peek())) {
      at++;
    }
    if (at == from) {
      throw fault("needs the name of a rule");
    }
    return new String(source, from, at - from);
  }

  private static boolean isName(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_';
  }

  private void expect(String mark) {
    for (int i = 0; i < mark.length(); i++) {
      if (peek() != mark.charAt(i)) {
        throw fault("needs '%s'".formatted(mark));
      }
      at++;
    }
  }

  private void space(boolean lines) {
    while (at < source.length) {
      int c = source[at];
      if (c == '#') {
        while (at < source.length && source[at] != '\n') {
          at++;
        }
      } else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'))) {
        at++;
      } else {
        return;
      }
    }
  }

  private int peek() {
    return at < source.length ? source[at] : -1;
  }

  private int next() {
    if (at >= source.length) {
      throw fault("ends too early");
    }
    return source[at++];
  }

  private StructureException fault(String what) {
    return new StructureException("the grammar %s at character %d".formatted(what, at));
  }
}
