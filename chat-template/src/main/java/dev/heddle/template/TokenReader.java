package dev.heddle.template;

import dev.heddle.template.Token.Kind;
import java.math.BigInteger;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the tokens inside a tag: names, literals, operators, as Jinja2's lexer has them. */
final class TokenReader {
  private static final Pattern FLOAT =
      Pattern.compile(
          "([0-9]+_)*[0-9]+((\\.([0-9]+_)*[0-9]+)?[eE][+-]?([0-9]+_)*[0-9]+|\\.([0-9]+_)*[0-9]+)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](_?[01])+|0[oO](_?[0-7])+|0[xX](_?[0-9a-fA-F])+|[1-9](_?[0-9])*|0(_?0)*");
  private static final String[] OPERATORS = {
    "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",", ";"
  };

  private final String source;
  private int end;

  TokenReader(String source) {
    this.source = source;
  }

  /** Where the token read last ends. */
  int end() {
    return end;
  }

  /**
   * The token that begins at {@code at}.
   *
   * @throws TemplateException if none does
   */
  Token read(int at, int line) {
    int c = source.codePointAt(at);
    if (c >= '0' && c <= '9') {
      return number(at, line);
    }
    if (Character.isUnicodeIdentifierStart(c) || c == '_') {
      return name(at, line);
    }
    if (c == '\'' || c == '"') {
      return string(at, (char) c, line);
    }
    for (String operator : OPERATORS) {
      if (source.startsWith(operator, at)) {
        end = at + operator.length();
        return Token.of(Kind.OPERATOR, operator, line);
      }
    }
    throw new TemplateException(
        "unexpected char " + Repr.of(Character.toString(c)) + " at " + at, line, false);
  }

  private Token name(int at, int line) {
    end = at;
    while (end < source.length()) {
      int c = source.codePointAt(end);
      if (!Character.isUnicodeIdentifierPart(c) || Character.isIdentifierIgnorable(c)) {
        break;
      }
      end += Character.charCount(c);
    }
    return Token.of(Kind.NAME, source.substring(at, end), line);
  }

  private Token number(int at, int line) {
    Matcher real = FLOAT.matcher(source).region(at, source.length());
    if (source.charAt(at - 1) != '.' && real.lookingAt()) {
      end = real.end();
      return new Token(
          Kind.FLOAT, real.group(), Double.valueOf(real.group().replace("_", "")), line);
    }
    Matcher integer = INTEGER.matcher(source).region(at, source.length());
    if (!integer.lookingAt()) {
      throw new TemplateException("bad number", line, false);
    }
    end = integer.end();
    String digits = integer.group().replace("_", "").toLowerCase(Locale.ROOT);
    if (digits.length() > RenderLimits.DIGITS) {
      throw new TemplateException("a number has too many digits", line, false);
    }
    int base =
        digits.startsWith("0x")
            ? 16
            : digits.startsWith("0o") ? 8 : digits.startsWith("0b") ? 2 : 10;
    try {
      return Token.integer(
          digits, new BigInteger(base == 10 ? digits : digits.substring(2), base), line);
    } catch (Fault e) {
      throw new TemplateException(e.text(), line, false);
    }
  }

  private Token string(int at, char quote, int line) {
    int i = at + 1;
    while (i < source.length() && source.charAt(i) != quote) {
      i += source.charAt(i) == '\\' ? 2 : 1;
    }
    if (i >= source.length()) {
      throw new TemplateException(
          "unexpected char " + Repr.of(String.valueOf(quote)) + " at " + at, line, false);
    }
    end = i + 1;
    String spelled = source.substring(at, end);
    String text = spelled.substring(1, spelled.length() - 1);
    return new Token(
        Kind.STRING, spelled, text.indexOf('\\') < 0 ? text : unescape(text, line), line);
  }

  /** The escapes of a Python string literal; an unknown one stays as it is. */
  private static String unescape(String text, int line) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = text.charAt(i++);
      int simple = "\\'\"abfnrtv".indexOf(escape);
      if (simple >= 0) {
        out.append("\\'\"\u0007\b\f\n\r\t\u000B".charAt(simple));
      } else if (escape == 'x' || escape == 'u' || escape == 'U') {
        int digits = escape == 'x' ? 2 : escape == 'u' ? 4 : 8;
        out.appendCodePoint(hex(text, i, digits, line));
        i += digits;
      } else if (escape >= '0' && escape <= '7') {
        int stop = i;
        while (stop < text.length()
            && stop < i + 2
            && text.charAt(stop) >= '0'
            && text.charAt(stop) <= '7') {
          stop++;
        }
        out.appendCodePoint(Integer.parseInt(text, i - 1, stop, 8));
        i = stop;
      } else if (escape == 'N') {
        int close = text.indexOf('}', i);
        out.appendCodePoint(named(text, i, close, line));
        i = close + 1;
      } else if (escape != '\n') {
        out.append('\\').append(escape);
      }
    }
    return out.toString();
  }

  private static int hex(String text, int at, int digits, int line) {
    int value = 0;
    for (int i = at; i < at + digits; i++) {
      int digit = i < text.length() ? Character.digit(text.charAt(i), 16) : -1;
      if (digit < 0 || text.charAt(i) > 'f' || value > 0x10FFFF >> 4) {
        throw new TemplateException("a truncated or illegal escape in a string", line, false);
      }
      value = value << 4 | digit;
    }
    if (value > Character.MAX_CODE_POINT) {
      throw new TemplateException("illegal Unicode character in a string", line, false);
    }
    return value;
  }

  private static int named(String text, int at, int close, int line) {
    try {
      if (close > at && text.charAt(at) == '{') {
        return Character.codePointOf(text.substring(at + 1, close));
      }
    } catch (IllegalArgumentException e) {
      throw new TemplateException("unknown Unicode character name in a string", line, false);
    }
    throw new TemplateException("malformed \\N character escape in a string", line, false);
  }
}
