package dev.heddle.structured;

import dev.heddle.structured.LarkGrammar.Part;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a grammar in the common subset of Lark's notation. */
final class LarkParser {
  private final String source;
  private final int maxDepth;
  private final Map<String, Part> definitions = new LinkedHashMap<>();
  private final List<Part> ignored = new ArrayList<>();
  private int at;
  private int depth;

  private LarkParser(String source, int maxDepth) {
    this.source = source;
    this.maxDepth = maxDepth;
  }

  /**
   * @throws StructureException if it is broken or has something that is not supported
   */
  static LarkGrammar parse(String grammar, Budget budget) {
    LarkParser parser = new LarkParser(grammar, budget.depth());
    parser.space(true);
    while (parser.at < grammar.length()) {
      if (parser.peek() == '%') {
        parser.directive();
      } else {
        parser.definition();
      }
      parser.space(true);
    }
    return new LarkGrammar(parser.definitions, parser.ignored);
  }

  private void directive() {
    at++;
    String word = name();
    space(false);
    switch (word) {
      case "ignore" -> ignored.add(options());
      case "import" -> {
        String from = name();
        if (!from.equals("common")) {
          throw fault("imports from '%s'; only 'common' is known".formatted(from));
        }
        space(false);
        if (take('.')) {
          String imported = name();
          space(false);
          define(take("->") ? spacedName() : imported, common(imported));
        } else if (take('(')) {
          do {
            String imported = spacedName();
            define(imported, common(imported));
            space(true);
          } while (take(','));
          require(')');
        } else {
          throw fault("needs the names that it imports");
        }
      }
      default -> throw fault("has the directive %%%s, which is not supported,".formatted(word));
    }
  }

  private String spacedName() {
    space(true);
    return name();
  }

  private Part common(String name) {
    String pattern = LarkGrammar.COMMON.get(name);
    if (pattern == null) {
      throw fault("imports common.%s, which is not known,".formatted(name));
    }
    return new LarkGrammar.Pattern(pattern);
  }

  private void definition() {
    while (peek() == '?' || peek() == '!') {
      at++;
    }
    String name = name();
    if (take('.')) {
      take('-');
      number();
    }
    space(false);
    require(':');
    space(true);
    Part part = options();
    define(name, LarkGrammar.withoutLeftRecursion(name, part));
  }

  private void define(String name, Part part) {
    if (definitions.putIfAbsent(name, part) != null) {
      throw fault("defines '%s' twice".formatted(name));
    }
  }

  private Part options() {
    List<Part> options = new ArrayList<>();
    do {
      space(depth > 0);
      options.add(sequence());
    } while (alternative());
    return options.size() == 1 ? options.getFirst() : new LarkGrammar.Either(options);
  }

  /** An option may begin on the next line. */
  private boolean alternative() {
    int before = at;
    space(true);
    if (take('|')) {
      return true;
    }
    at = depth > 0 ? at : before;
    return false;
  }

  private Part sequence() {
    List<Part> parts = new ArrayList<>();
    while (starts(peek())) {
      parts.add(repeated(element()));
      space(depth > 0);
    }
    if (take("->")) {
      spacedName();
      space(depth > 0);
    }
    return parts.size() == 1 ? parts.getFirst() : new LarkGrammar.Sequence(parts);
  }

  private static boolean starts(int c) {
    return c == '"' || c == '/' || c == '(' || c == '[' || isName(c);
  }

  private Part repeated(Part part) {
    if (take('?')) {
      return new LarkGrammar.Repeat(part, 0, 1);
    }
    if (take('*')) {
      return new LarkGrammar.Repeat(part, 0, -1);
    }
    if (take('+')) {
      return new LarkGrammar.Repeat(part, 1, -1);
    }
    int before = at;
    space(false);
    if (!take('~')) {
      at = before;
      return part;
    }
    space(false);
    int min = number();
    int max = take("..") ? number() : min;
    if (max < min) {
      throw fault("has a repetition whose numbers are out of order");
    }
    return new LarkGrammar.Repeat(part, min, max);
  }

  private Part element() {
    int c = peek();
    if (c == '"') {
      return text();
    }
    if (c == '/') {
      return pattern();
    }
    if (c == '(' || c == '[') {
      if (++depth > maxDepth) {
        throw fault("is nested deeper than %d".formatted(maxDepth));
      }
      at++;
      Part inner = options();
      space(true);
      require(c == '(' ? ')' : ']');
      depth--;
      return c == '(' ? inner : new LarkGrammar.Repeat(inner, 0, 1);
    }
    return new LarkGrammar.Name(name());
  }

  private Part text() {
    String text = quoted();
    if (take("..")) {
      String last = quoted();
      if (text.codePointCount(0, text.length()) != 1
          || last.codePointCount(0, last.length()) != 1
          || text.codePointAt(0) > last.codePointAt(0)) {
        throw fault("has a range that does not go from a character to a later one");
      }
      return new LarkGrammar.Pattern(
          "[\\u{%x}-\\u{%x}]".formatted(text.codePointAt(0), last.codePointAt(0)));
    }
    boolean anyCase =
        peek() == 'i' && (at + 1 == source.length() || !isName(source.charAt(at + 1)));
    if (anyCase) {
      at++;
    }
    return new LarkGrammar.Text(text, anyCase);
  }

  private String quoted() {
    require('"');
    StringBuilder text = new StringBuilder();
    while (peek() != '"') {
      char c = next();
      text.append(c == '\\' ? escaped() : String.valueOf(c));
    }
    at++;
    return text.toString();
  }

  private String escaped() {
    char c = next();
    return switch (c) {
      case 'n' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case 'f' -> "\f";
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      case '"', '\\', '/', '\'' -> String.valueOf(c);
      default -> throw fault("has the escape \\%c, which is not supported,".formatted(c));
    };
  }

  private String hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(next(), 16);
      if (digit < 0) {
        throw fault("has an escape with a wrong hexadecimal digit");
      }
      value = value * 16 + digit;
    }
    return Character.toString(value);
  }

  private Part pattern() {
    at++;
    StringBuilder pattern = new StringBuilder();
    while (peek() != '/') {
      char c = next();
      pattern.append(c);
      if (c == '\\') {
        pattern.append(next());
      }
    }
    at++;
    if (isName(peek())) {
      throw fault("has flags of a regular expression, which are not supported,");
    }
    return new LarkGrammar.Pattern(pattern.toString());
  }

  // ---- characters

  private String name() {
    int from = at;
    while (isName(peek())) {
      at++;
    }
    if (at == from) {
      throw fault("needs a name");
    }
    return source.substring(from, at);
  }

  private int number() {
    int value = -1;
    while (peek() >= '0' && peek() <= '9' && value < 100_000) {
      value = Math.max(value, 0) * 10 + (next() - '0');
    }
    if (value < 0 || value > 100_000) {
      throw fault("needs a number of 0 to 100000");
    }
    return value;
  }

  private static boolean isName(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  }

  private void space(boolean lines) {
    while (at < source.length()) {
      char c = source.charAt(at);
      if (c == '#' || source.startsWith("//", at)) {
        while (at < source.length() && source.charAt(at) != '\n') {
          at++;
        }
      } else if (c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'))) {
        at++;
      } else {
        return;
      }
    }
  }

  private boolean take(char mark) {
    if (peek() != mark) {
      return false;
    }
    at++;
    return true;
  }

  private boolean take(String mark) {
    if (!source.startsWith(mark, at)) {
      return false;
    }
    at += mark.length();
    return true;
  }

  private void require(char mark) {
    if (!take(mark)) {
      throw fault("needs '%c'".formatted(mark));
    }
  }

  private int peek() {
    return at < source.length() ? source.charAt(at) : -1;
  }

  private char next() {
    if (at >= source.length()) {
      throw fault("ends too early");
    }
    return source.charAt(at++);
  }

  private StructureException fault(String what) {
    return new StructureException("the grammar %s at character %d".formatted(what, at));
  }
}
