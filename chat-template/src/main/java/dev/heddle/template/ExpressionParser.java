package dev.heddle.template;

import dev.heddle.template.Expr.Arguments;
import dev.heddle.template.Token.Kind;
import dev.heddle.template.Values.None;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Parses expressions, by recursive descent, with Jinja2's precedences. */
final class ExpressionParser {
  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> ADDITIVE = Set.of("+", "-");
  private static final Set<String> MULTIPLICATIVE = Set.of("*", "/", "//", "%");
  private static final Set<String> POWER = Set.of("**");

  private final TokenStream tokens;

  /** Names read so far: a macro takes {@code caller} only if its body mentions it. */
  private final Set<String> mentioned = new HashSet<>();

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  Set<String> mentioned() {
    return mentioned;
  }

  Expr expression() {
    tokens.enter();
    Expr value = or();
    while (tokens.skipName("if")) {
      Expr condition = or();
      Expr otherwise = tokens.skipName("else") ? expression() : null;
      value = new Expr.Choice(condition, value, otherwise);
    }
    tokens.leave();
    return value;
  }

  /** Without an {@code if} of its own, as conditions are. */
  Expr condition() {
    return tuple(this::or, false, false);
  }

  /** What {@code for} goes through; {@code if} and {@code recursive} end it. */
  Expr loopItems() {
    return tuple(this::or, false, true);
  }

  /** One expression, or several with commas, which are a tuple. */
  Expr tuple() {
    return tuple(this::expression, false, false);
  }

  private Expr tuple(Supplier<Expr> parse, boolean parenthesized, boolean loop) {
    List<Expr> items = new ArrayList<>();
    boolean comma = false;
    while (!atTupleEnd() && !(loop && tokens.current().isName("recursive"))) {
      items.add(parse.get());
      if (!tokens.skipOperator(",")) {
        break;
      }
      comma = true;
    }
    if (!comma && items.size() == 1) {
      return items.getFirst();
    }
    if (items.isEmpty() && !parenthesized) {
      throw tokens.fail("Expected an expression, got '" + tokens.current().describe() + "'");
    }
    return new Expr.TupleOf(items);
  }

  private boolean atTupleEnd() {
    Token token = tokens.current();
    return token.kind() == Kind.VARIABLE_END
        || token.kind() == Kind.BLOCK_END
        || token.isOperator(")");
  }

  private Expr or() {
    List<Expr> terms = new ArrayList<>(List.of(and()));
    while (tokens.skipName("or")) {
      terms.add(and());
    }
    return terms.size() == 1 ? terms.getFirst() : new Expr.Or(terms);
  }

  private Expr and() {
    List<Expr> terms = new ArrayList<>(List.of(not()));
    while (tokens.skipName("and")) {
      terms.add(not());
    }
    return terms.size() == 1 ? terms.getFirst() : new Expr.And(terms);
  }

  private Expr not() {
    if (!tokens.skipName("not")) {
      return compare();
    }
    tokens.enter();
    Expr value = new Expr.Not(not());
    tokens.leave();
    return value;
  }

  private Expr compare() {
    List<Expr> operands = new ArrayList<>(List.of(additive()));
    List<String> operators = new ArrayList<>();
    while (true) {
      Token token = tokens.current();
      if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        operators.add(tokens.next().text());
      } else if (tokens.skipName("in")) {
        operators.add("in");
      } else if (token.isName("not") && tokens.look().isName("in")) {
        tokens.next();
        tokens.next();
        operators.add("not in");
      } else {
        return operators.isEmpty() ? operands.getFirst() : new Expr.Compare(operands, operators);
      }
      operands.add(additive());
    }
  }

  private Expr additive() {
    return arithmetic(ADDITIVE, this::concat);
  }

  private Expr concat() {
    List<Expr> parts = new ArrayList<>(List.of(multiplicative()));
    while (tokens.skipOperator("~")) {
      parts.add(multiplicative());
    }
    return parts.size() == 1 ? parts.getFirst() : new Expr.Concat(parts);
  }

  private Expr multiplicative() {
    return arithmetic(MULTIPLICATIVE, () -> arithmetic(POWER, () -> unary(true)));
  }

  private Expr arithmetic(Set<String> wanted, Supplier<Expr> operand) {
    int line = tokens.current().line();
    List<Expr> operands = new ArrayList<>(List.of(operand.get()));
    List<String> operators = new ArrayList<>();
    while (tokens.current().kind() == Kind.OPERATOR && wanted.contains(tokens.current().text())) {
      operators.add(tokens.next().text());
      operands.add(operand.get());
    }
    return operators.isEmpty()
        ? operands.getFirst()
        : new Expr.Arithmetic(operands, operators, line);
  }

  private Expr unary(boolean withFilters) {
    tokens.enter();
    Expr value;
    if (tokens.skipOperator("-")) {
      value = new Expr.Sign(unary(false), true);
    } else if (tokens.skipOperator("+")) {
      value = new Expr.Sign(unary(false), false);
    } else {
      value = primary();
    }
    value = postfix(value);
    if (withFilters) {
      value = filters(value);
    }
    tokens.leave();
    return value;
  }

  private Expr primary() {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME -> name(token.text());
      case STRING -> strings(token);
      case INTEGER, FLOAT -> new Expr.Literal(token.value());
      case OPERATOR -> bracketed(token);
      default -> throw unexpected(token);
    };
  }

  /** A string literal and those right after it, which it is joined with. */
  private Expr strings(Token first) {
    StringBuilder text = new StringBuilder((String) first.value());
    while (tokens.current().kind() == Kind.STRING) {
      text.append((String) tokens.next().value());
    }
    return new Expr.Literal(text.toString());
  }

  private Expr bracketed(Token open) {
    return switch (open.text()) {
      case "(" -> {
        Expr value = tuple(this::expression, true, false);
        tokens.expectOperator(")");
        yield value;
      }
      case "[" -> new Expr.ListOf(items("]"));
      case "{" -> dict();
      default -> throw unexpected(open);
    };
  }

  private static TemplateException unexpected(Token token) {
    return new TemplateException("unexpected '" + token.describe() + "'", token.line(), false);
  }

  private Expr name(String name) {
    return switch (name) {
      case "true", "True" -> new Expr.Literal(true);
      case "false", "False" -> new Expr.Literal(false);
      case "none", "None" -> new Expr.Literal(None.NONE);
      default -> {
        mentioned.add(name);
        yield new Expr.Name(name);
      }
    };
  }

  private List<Expr> items(String close) {
    List<Expr> items = new ArrayList<>();
    while (!tokens.current().isOperator(close)) {
      if (!items.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.current().isOperator(close)) {
          break;
        }
      }
      items.add(expression());
    }
    tokens.expectOperator(close);
    return items;
  }

  private Expr dict() {
    List<Expr> keys = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    while (!tokens.current().isOperator("}")) {
      if (!keys.isEmpty()) {
        tokens.expectOperator(",");
        if (tokens.current().isOperator("}")) {
          break;
        }
      }
      keys.add(expression());
      tokens.expectOperator(":");
      values.add(expression());
    }
    tokens.expectOperator("}");
    return new Expr.DictOf(keys, values);
  }

  private Expr postfix(Expr value) {
    Expr result = value;
    while (true) {
      int line = tokens.current().line();
      if (tokens.skipOperator(".")) {
        result = member(result);
      } else if (tokens.skipOperator("[")) {
        result = subscript(result);
      } else if (tokens.current().isOperator("(")) {
        result = new Expr.Call(result, arguments(), line);
      } else {
        return result;
      }
    }
  }

  private Expr member(Expr owner) {
    Token token = tokens.next();
    return switch (token.kind()) {
      case NAME -> new Expr.Attribute(owner, token.text());
      case INTEGER -> new Expr.Item(owner, new Expr.Literal(token.value()));
      default -> throw new TemplateException("expected name or number", token.line(), false);
    };
  }

  private Expr subscript(Expr owner) {
    Expr from = tokens.current().isOperator(":") ? null : expression();
    if (!tokens.skipOperator(":")) {
      Expr key = from == null ? expression() : from;
      if (tokens.current().isOperator(",")) {
        List<Expr> keys = new ArrayList<>(List.of(key));
        while (tokens.skipOperator(",")) {
          keys.add(expression());
        }
        key = new Expr.TupleOf(keys);
      }
      tokens.expectOperator("]");
      return new Expr.Item(owner, key);
    }
    Expr to = bound();
    Expr step = tokens.skipOperator(":") ? bound() : null;
    tokens.expectOperator("]");
    return new Expr.Slice(owner, from, to, step);
  }

  private @Nullable Expr bound() {
    Token token = tokens.current();
    return token.isOperator(":") || token.isOperator("]") ? null : expression();
  }

  private Expr filters(Expr value) {
    Expr result = value;
    while (true) {
      int line = tokens.current().line();
      if (tokens.skipOperator("|")) {
        result = filter(result);
      } else if (tokens.skipName("is")) {
        result = test(result);
      } else if (tokens.current().isOperator("(")) {
        result = new Expr.Call(result, arguments(), line);
      } else {
        return result;
      }
    }
  }

  /** One filter, its name being the next token. */
  Expr.Filter filter(@Nullable Expr value) {
    int line = tokens.current().line();
    String name = dotted();
    boolean called = tokens.current().isOperator("(");
    return new Expr.Filter(value, name, called ? arguments() : Arguments.NONE, line);
  }

  private Expr test(Expr value) {
    int line = tokens.current().line();
    boolean negated = tokens.skipName("not");
    String name = dotted();
    Arguments arguments = Arguments.NONE;
    if (tokens.current().isOperator("(")) {
      arguments = arguments();
    } else if (atTestArgument()) {
      if (tokens.current().isName("is")) {
        throw tokens.fail("You cannot chain multiple tests with is");
      }
      Expr argument = postfix(primary());
      arguments = new Arguments(List.of(argument), List.of(), List.of(), null, null);
    }
    Expr test = new Expr.Test(value, name, arguments, line);
    return negated ? new Expr.Not(test) : test;
  }

  private boolean atTestArgument() {
    Token token = tokens.current();
    return switch (token.kind()) {
      case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
      case STRING, INTEGER, FLOAT -> true;
      default -> token.isOperator("[") || token.isOperator("{");
    };
  }

  private String dotted() {
    StringBuilder name = new StringBuilder(tokens.expect(Kind.NAME, "name").text());
    while (tokens.skipOperator(".")) {
      name.append('.').append(tokens.expect(Kind.NAME, "name").text());
    }
    return name.toString();
  }

  private Arguments arguments() {
    return ArgumentsParser.parse(tokens, this);
  }
}
