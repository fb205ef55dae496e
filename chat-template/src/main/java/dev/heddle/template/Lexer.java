package dev.heddle.template;

import dev.heddle.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Splits a template into data and tags as Jinja2's lexer does with {@code trim_blocks} (the line
 * break after a block tag or comment goes) and {@code lstrip_blocks} (white space before one, from
 * the start of its line, goes); {@code -} at a tag strips all white space on its side, {@code +}
 * keeps it.
 */
final class Lexer {
  private static final Pattern NEWLINE = Pattern.compile("\r\n|\r|\n");
  private static final Pattern RAW = tag("raw", false);
  private static final Pattern END_RAW = tag("endraw", true);

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int counted;
  private boolean lineStarting = true;

  private Lexer(String source) {
    this.source = source;
  }

  /**
   * @throws TemplateException if a tag is not closed or holds what is no token
   */
  static List<Token> tokens(String template) {
    String source = NEWLINE.matcher(template).replaceAll("\n");
    if (source.endsWith("\n")) {
      source = source.substring(0, source.length() - 1);
    }
    Lexer lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  private static Pattern tag(String name, boolean trim) {
    return Pattern.compile(
        "\\{%(?<left>[-+]?)[\\s\\x1c-\\x1f\\x85\\p{Z}]*"
            + name
            + "[\\s\\x1c-\\x1f\\x85\\p{Z}]*"
            + (trim ? "(?:\\+%\\}|(?<strip>-%\\})|%\\}\\n?)" : "(?:(?<strip>-%\\})|%\\})"));
  }

  private void run() {
    while (true) {
      int open = nextTag();
      if (open < 0) {
        data(source.substring(at));
        at = source.length();
        tokens.add(Token.of(Kind.END, "", lineAt(at)));
        return;
      }
      String before = source.substring(at, open);
      char kind = source.charAt(open + 1);
      Matcher raw = kind == '%' ? matcher(RAW, open) : null;
      data(kept(before, sign(open + 2), kind != '{'));
      at = open;
      if (raw != null) {
        raw(raw);
      } else if (kind == '#') {
        comment();
      } else {
        tag(kind == '%');
      }
      lineStarting = at > 0 && source.charAt(at - 1) == '\n';
    }
  }

  private int nextTag() {
    for (int i = source.indexOf('{', at); i >= 0; i = source.indexOf('{', i + 1)) {
      if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  private char sign(int position) {
    char c = position < source.length() ? source.charAt(position) : 0;
    return c == '-' || c == '+' ? c : 0;
  }

  /** What is left of the text before a tag. */
  private String kept(String before, char sign, boolean stripsLine) {
    if (sign == '-') {
      return Chars.trailing(before);
    }
    if (sign == 0 && stripsLine) {
      int lineStart = before.lastIndexOf('\n') + 1;
      if ((lineStart > 0 || lineStarting) && Chars.trailing(before).length() <= lineStart) {
        return before.substring(0, lineStart);
      }
    }
    return before;
  }

  private void data(String text) {
    if (!text.isEmpty()) {
      tokens.add(Token.of(Kind.DATA, text, lineAt(at)));
    }
  }

  private @Nullable Matcher matcher(Pattern pattern, int from) {
    Matcher matcher = pattern.matcher(source).region(from, source.length());
    return matcher.lookingAt() ? matcher : null;
  }

  private void raw(Matcher begin) {
    int start = lineAt(at);
    at = begin.end();
    if (begin.group("strip") != null) {
      skipSpace();
    }
    lineStarting = source.charAt(at - 1) == '\n';
    for (int i = source.indexOf("{%", at); i >= 0; i = source.indexOf("{%", i + 1)) {
      Matcher end = matcher(END_RAW, i);
      if (end != null) {
        data(kept(source.substring(at, i), sign(i + 2), true));
        at = end.end();
        if (end.group("strip") != null) {
          skipSpace();
        }
        return;
      }
    }
    throw new TemplateException("Missing end of raw directive", start, false);
  }

  private void comment() {
    int start = lineAt(at);
    int body = at + 2 + (sign(at + 2) == 0 ? 0 : 1);
    int end = source.indexOf("#}", body);
    if (end < 0) {
      throw new TemplateException("Missing end of comment tag", start, false);
    }
    char sign = end > body ? sign(end - 1) : 0;
    at = end + 2;
    afterBlock(sign);
  }

  /** A {@code -} strips what follows, {@code +} keeps it, nothing takes one line break. */
  private void afterBlock(char sign) {
    if (sign == '-') {
      skipSpace();
    } else if (sign == 0 && at < source.length() && source.charAt(at) == '\n') {
      at++;
    }
  }

  private void skipSpace() {
    while (at < source.length() && Chars.isSpace(source.codePointAt(at))) {
      at += Character.charCount(source.codePointAt(at));
    }
  }

  private void tag(boolean block) {
    int start = lineAt(at);
    tokens.add(Token.of(block ? Kind.BLOCK_BEGIN : Kind.VARIABLE_BEGIN, "", start));
    at += 2 + (sign(at + 2) == 0 ? 0 : 1);
    int open = 0;
    TokenReader reader = new TokenReader(source);
    while (true) {
      skipSpace();
      if (at >= source.length()) {
        throw new TemplateException(
            "unexpected end of template, expected '" + (block ? "%}" : "}}") + "'", start, false);
      }
      if (open == 0 && closes(block)) {
        return;
      }
      Token token = reader.read(at, lineAt(at));
      at = reader.end();
      tokens.add(token);
      open = balance(token, open);
    }
  }

  private static int balance(Token token, int open) {
    if (token.kind() != Kind.OPERATOR) {
      return open;
    }
    return switch (token.text()) {
      case "(", "[", "{" -> open + 1;
      case ")", "]", "}" -> {
        if (open == 0) {
          throw new TemplateException("unexpected '" + token.text() + "'", token.line(), false);
        }
        yield open - 1;
      }
      default -> open;
    };
  }

  private boolean closes(boolean block) {
    String end = block ? "%}" : "}}";
    char sign = sign(at);
    boolean signed = sign != 0 && (block || sign == '-') && source.startsWith(end, at + 1);
    if (!signed && !source.startsWith(end, at)) {
      return false;
    }
    tokens.add(Token.of(block ? Kind.BLOCK_END : Kind.VARIABLE_END, "", lineAt(at)));
    at += signed ? 3 : 2;
    if (block) {
      afterBlock(signed ? sign : 0);
    } else if (signed) {
      skipSpace();
    }
    return true;
  }

  /** The line of a position; positions are asked for in rising order. */
  private int lineAt(int position) {
    for (; counted < position; counted++) {
      if (source.charAt(counted) == '\n') {
        line++;
      }
    }
    return line;
  }
}
