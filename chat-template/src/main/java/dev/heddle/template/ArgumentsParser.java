package dev.heddle.template;

import dev.heddle.template.Expr.Arguments;
import dev.heddle.template.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Parses what stands between the brackets of a call. */
final class ArgumentsParser {
  private ArgumentsParser() {}

  /** The arguments of a call, brackets included. */
  static Arguments parse(TokenStream tokens, ExpressionParser expressions) {
    tokens.expectOperator("(");
    List<Expr> positional = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<Expr> named = new ArrayList<>();
    Expr rest = null;
    Expr namedRest = null;
    boolean first = true;
    while (!tokens.current().isOperator(")")) {
      if (!first) {
        tokens.expectOperator(",");
        if (tokens.current().isOperator(")")) {
          break;
        }
      }
      first = false;
      if (tokens.skipOperator("*") && rest == null && namedRest == null) {
        rest = expressions.expression();
      } else if (tokens.skipOperator("**") && namedRest == null) {
        namedRest = expressions.expression();
      } else if (tokens.current().kind() == Kind.NAME
          && tokens.look().isOperator("=")
          && namedRest == null) {
        names.add(tokens.next().text());
        tokens.next();
        named.add(expressions.expression());
      } else if (names.isEmpty() && rest == null && namedRest == null) {
        positional.add(expressions.expression());
      } else {
        throw tokens.fail("invalid syntax for function call expression");
      }
    }
    tokens.expectOperator(")");
    return new Arguments(positional, names, named, rest, namedRest);
  }
}
