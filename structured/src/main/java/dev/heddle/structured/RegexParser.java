package dev.heddle.structured;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the regular expressions of ECMA-262 as they are with the flag {@code u}, less what is not
 * regular (look-around, back references) or depends on neighbours (word boundaries).
 */
final class RegexParser {
  private final int[] source;
  private final int maxDepth;
  private int at;
  private int depth;

  private RegexParser(String pattern, int maxDepth) {
    source = pattern.codePoints().toArray();
    this.maxDepth = maxDepth;
  }

  /**
   * @throws StructureException if it is broken or has something that is not supported
   */
  static Regex parse(String pattern, Budget budget) {
    RegexParser parser = new RegexParser(pattern, budget.depth());
    Regex regex = parser.either();
    if (parser.at < parser.source.length) {
      throw parser.fault("has a ')' without a '('");
    }
    return regex;
  }

  private Regex either() {
    List<Regex> options = new ArrayList<>();
    options.add(concat());
    while (peek() == '|') {
      at++;
      options.add(concat());
    }
    return options.size() == 1 ? options.getFirst() : new Regex.Either(options);
  }

  private Regex concat() {
    List<Regex> parts = new ArrayList<>();
    while (peek() >= 0 && peek() != '|' && peek() != ')') {
      parts.add(quantified(atom()));
    }
    return parts.size() == 1 ? parts.getFirst() : new Regex.Concat(parts);
  }

  private Regex atom() {
    int c = source[at++];
    return switch (c) {
      case '^' -> new Regex.Start();
      case '$' -> new Regex.End();
      case '.' -> new Regex.Characters(CharacterClasses.NOT_LINE_END);
      case '(' -> group();
      case '[' -> new Regex.Characters(set());
      case '\\' -> new Regex.Characters(escape(false));
      case '*', '+', '?' -> {
        at--;
        throw fault("has a quantifier with nothing before it");
      }
      default -> new Regex.Characters(CodePoints.of(c));
    };
  }

  private Regex group() {
    if (++depth > maxDepth) {
      throw fault("is nested deeper than %d".formatted(maxDepth));
    }
    if (peek() == '?') {
      at++;
      if (peek() == 'P') {
        at++;
      }
      int kind = next();
      if (kind == '<' && peek() != '=' && peek() != '!') {
        skipName();
      } else if (kind != ':') {
        throw fault("has a look-around or an inline flag, which is not supported,");
      }
    }
    Regex inner = either();
    if (peek() != ')') {
      throw fault("has a '(' without a ')'");
    }
    at++;
    depth--;
    return inner;
  }

  private void skipName() {
    int c = next();
    while (c != '>') {
      c = next();
    }
  }

  private Regex quantified(Regex atom) {
    Regex result = atom;
    int quantifiers = 0;
    while (true) {
      int[] bounds = quantifier();
      if (bounds == null) {
        return result;
      }
      if (++quantifiers > 1) {
        throw fault("has a quantifier after a quantifier");
      }
      if (peek() == '?') {
        at++; // Lazy: the same texts.
      }
      result = new Regex.Repeat(result, bounds[0], bounds[1]);
    }
  }

  private int @Nullable [] quantifier() {
    int c = peek();
    if (c == '{') {
      return counted();
    }
    if (c != '*' && c != '+' && c != '?') {
      return null;
    }
    at++;
    return c == '*' ? new int[] {0, -1} : c == '+' ? new int[] {1, -1} : new int[] {0, 1};
  }

  /** A brace that is no quantifier stands for itself. */
  private int @Nullable [] counted() {
    int before = at++;
    int min = number();
    int max = min;
    if (min >= 0 && peek() == ',') {
      at++;
      max = peek() == '}' ? -1 : number();
      if (max < 0 && peek() != '}') {
        min = -1;
      }
    }
    if (min < 0 || peek() != '}') {
      at = before;
      return null;
    }
    at++;
    if (max >= 0 && max < min) {
      throw fault("has a quantifier whose numbers are out of order");
    }
    return new int[] {min, max};
  }

  private int number() {
    long value = -1;
    while (peek() >= '0' && peek() <= '9') {
      value = Math.max(value, 0) * 10 + (source[at++] - '0');
      if (value > 100_000) {
        throw fault("repeats more than 100000 times");
      }
    }
    return (int) value;
  }

  // ---- sets and escapes

  private CodePoints set() {
    boolean negated = peek() == '^';
    if (negated) {
      at++;
    }
    CodePoints.Union union = new CodePoints.Union();
    while (peek() != ']') {
      CodePoints low = member();
      if (peek() == '-' && at + 1 < source.length && source[at + 1] != ']') {
        at++;
        CodePoints high = member();
        if (!isOne(low) || !isOne(high)) {
          throw fault("has a range that does not go from a character to a character");
        }
        if (low.low(0) > high.low(0)) {
          throw fault("has a range that is out of order");
        }
        union.add(low.low(0), high.low(0));
      } else {
        union.add(low);
      }
    }
    at++;
    CodePoints all = union.build();
    return negated ? all.not() : all;
  }

  private CodePoints member() {
    int c = next();
    return c == '\\' ? escape(true) : CodePoints.of(c);
  }

  private static boolean isOne(CodePoints set) {
    return set.ranges() == 1 && set.low(0) == set.high(0);
  }

  private CodePoints escape(boolean inSet) {
    int c = next();
    CodePoints named = CharacterClasses.escaped(c);
    if (named != null) {
      return named;
    }
    return switch (c) {
      case 'p', 'P' -> property(c == 'P');
      case 'x' -> CodePoints.of(hex(2));
      case 'u' -> unicode();
      case 'c' -> CodePoints.of(next() & 31);
      case 'b' -> {
        if (!inSet) {
          throw fault("has a word boundary, which is not supported,");
        }
        yield CodePoints.of('\b');
      }
      case '0' -> CodePoints.of(0);
      default -> {
        if (c >= '1' && c <= '9') {
          throw fault("has a back reference, which is not supported,");
        }
        if (Character.isLetter(c)) {
          throw fault(
              "has the escape \\%s, which is not supported,".formatted(Character.toString(c)));
        }
        yield CodePoints.of(c);
      }
    };
  }

  private CodePoints property(boolean negated) {
    if (next() != '{') {
      throw fault("has a \\p without braces");
    }
    StringBuilder name = new StringBuilder();
    for (int c = next(); c != '}'; c = next()) {
      name.appendCodePoint(c);
    }
    CodePoints set = CharacterClasses.property(name.toString());
    if (set == null) {
      throw fault("has the property \\p{%s}, which is not supported,".formatted(name));
    }
    return negated ? set.not() : set;
  }

  private CodePoints unicode() {
    if (peek() == '{') {
      at++;
      int value = 0;
      for (int c = next(); c != '}'; c = next()) {
        value = value * 16 + digit(c);
        if (value > Character.MAX_CODE_POINT) {
          throw fault("has a character beyond U+10FFFF");
        }
      }
      return CodePoints.of(value);
    }
    int unit = hex(4);
    if (Character.isHighSurrogate((char) unit)
        && peek() == '\\'
        && at + 1 < source.length
        && source[at + 1] == 'u') {
      at += 2;
      return CodePoints.of(Character.toCodePoint((char) unit, (char) hex(4)));
    }
    return CodePoints.of(unit);
  }

  private int hex(int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
      value = value * 16 + digit(next());
    }
    return value;
  }

  private int digit(int c) {
    int value = Character.digit(c, 16);
    if (value < 0) {
      throw fault("has an escape with a wrong hexadecimal digit");
    }
    return value;
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
    return new StructureException("the regular expression %s at character %d".formatted(what, at));
  }
}
