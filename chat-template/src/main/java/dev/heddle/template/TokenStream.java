package dev.heddle.template;

import dev.heddle.template.Token.Kind;
import java.util.List;

/** The tokens of a template and how far the parsers have come, in them and in depth. */
final class TokenStream {
  private final List<Token> tokens;
  private int next;
  private int depth;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(next);
  }

  Token look() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = tokens.get(next);
    if (token.kind() != Kind.END) {
      next++;
    }
    return token;
  }

  boolean skipName(String name) {
    boolean there = current().isName(name);
    if (there) {
      next++;
    }
    return there;
  }

  boolean skipOperator(String operator) {
    boolean there = current().isOperator(operator);
    if (there) {
      next++;
    }
    return there;
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw unexpected("'" + name + "'");
    }
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  Token expect(Kind kind, String what) {
    if (current().kind() != kind) {
      throw unexpected(what);
    }
    return next();
  }

  /** Goes one level deeper; {@link #leave} comes back. */
  void enter() {
    if (++depth > RenderLimits.SOURCE_DEPTH) {
      throw fail("the template is nested deeper than " + RenderLimits.SOURCE_DEPTH + " levels");
    }
  }

  void leave() {
    depth--;
  }

  TemplateException unexpected(String wanted) {
    return fail("expected token " + wanted + ", got '" + current().describe() + "'");
  }

  TemplateException fail(String message) {
    return new TemplateException(message, current().line(), false);
  }
}
