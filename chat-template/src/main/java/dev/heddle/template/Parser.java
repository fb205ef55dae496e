package dev.heddle.template;

import dev.heddle.template.Stmt.Signature;
import dev.heddle.template.Stmt.Target;
import dev.heddle.template.Token.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Parses the statements of a template. */
final class Parser {
  private static final Set<String> SPECIALS = Set.of("caller", "varargs", "kwargs");
  private static final Set<String> CONSTANTS =
      Set.of("true", "True", "false", "False", "none", "None");

  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private final Map<String, List<Stmt>> blocks = new LinkedHashMap<>();
  private int loops;

  private Parser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
  }

  /**
   * @throws TemplateException if the template is not well-formed
   */
  static List<Stmt> parse(String template) {
    if (template.length() > RenderLimits.TEMPLATE) {
      throw new TemplateException(
          "the template is longer than " + RenderLimits.TEMPLATE + " characters", 1, false);
    }
    Parser parser = new Parser(new TokenStream(Lexer.tokens(template)));
    List<Stmt> body = parser.body(Set.of());
    if (parser.blocks.isEmpty()) {
      return body;
    }
    List<Stmt> all = new ArrayList<>();
    all.add(new Stmt.Blocks(Map.copyOf(parser.blocks), 1));
    all.addAll(body);
    return all;
  }

  /** Statements up to one of the tags named, whose name becomes the current token. */
  private List<Stmt> body(Set<String> ends) {
    tokens.enter();
    List<Stmt> body = new ArrayList<>();
    while (true) {
      Token token = tokens.next();
      switch (token.kind()) {
        case DATA -> body.add(new Stmt.Data(token.text(), token.line()));
        case VARIABLE_BEGIN -> {
          Expr value = expressions.tuple();
          body.add(new Stmt.Print(List.of(value), token.line()));
          tokens.expect(Kind.VARIABLE_END, "'end of print statement'");
        }
        case BLOCK_BEGIN -> {
          if (tokens.current().kind() == Kind.NAME && ends.contains(tokens.current().text())) {
            tokens.leave();
            return body;
          }
          body.add(statement());
          endTag();
        }
        default -> {
          if (!ends.isEmpty()) {
            throw tokens.fail("Unexpected end of template. Looking for one of " + ends);
          }
          tokens.leave();
          return body;
        }
      }
    }
  }

  /** Statements after this tag's own end and up to {@code end}, which is passed. */
  private List<Stmt> bodyTo(String end) {
    endTag();
    List<Stmt> body = body(Set.of(end));
    tokens.next();
    return body;
  }

  private void endTag() {
    tokens.expect(Kind.BLOCK_END, "'end of statement block'");
  }

  private Stmt statement() {
    Token tag = tokens.expect(Kind.NAME, "tag name");
    int line = tag.line();
    return switch (tag.text()) {
      case "if" -> ifStatement(line);
      case "for" -> forStatement(line);
      case "set" -> set(line);
      case "macro" -> macro(line);
      case "call" -> call(line);
      case "filter" -> filter(line);
      case "with" -> with(line);
      case "print" -> print(line);
      case "block" -> block(line);
      case "generation" ->
          new Stmt.Generation(withBody(List.of(), List.of(), "endgeneration"), line);
      case "autoescape" ->
          new Stmt.Autoescape(expressions.expression(), bodyTo("endautoescape"), line);
      case "break" -> {
        requireLoop("break", line);
        yield new Stmt.Break(line);
      }
      case "continue" -> {
        requireLoop("continue", line);
        yield new Stmt.Continue(line);
      }
      case "include", "import", "from", "extends" ->
          throw new TemplateException("no other template can be loaded", line, false);
      default ->
          throw new TemplateException("Encountered unknown tag '" + tag.text() + "'.", line, false);
    };
  }

  private void requireLoop(String tag, int line) {
    if (loops == 0) {
      throw new TemplateException("'" + tag + "' outside loop", line, false);
    }
  }

  private Stmt ifStatement(int line) {
    List<Stmt.Branch> branches = new ArrayList<>();
    int at = line;
    while (true) {
      Expr condition = expressions.condition();
      endTag();
      branches.add(new Stmt.Branch(condition, body(Set.of("elif", "else", "endif")), at));
      Token tag = tokens.next();
      at = tag.line();
      if (tag.text().equals("elif")) {
        continue;
      }
      List<Stmt> otherwise = tag.text().equals("else") ? bodyTo("endif") : List.of();
      return new Stmt.If(branches, otherwise, line);
    }
  }

  private Stmt forStatement(int line) {
    Target target = target(false);
    tokens.expectName("in");
    Expr items = expressions.loopItems();
    Expr condition = tokens.skipName("if") ? expressions.expression() : null;
    boolean recursive = tokens.skipName("recursive");
    endTag();
    loops++;
    List<Stmt> body = body(Set.of("endfor", "else"));
    loops--;
    boolean more = tokens.next().text().equals("else");
    List<Stmt> otherwise = more ? bodyTo("endfor") : List.of();
    return new Stmt.For(target, items, condition, recursive, body, otherwise, line);
  }

  private Stmt set(int line) {
    Target target = target(true);
    if (tokens.skipOperator("=")) {
      return new Stmt.Assign(target, expressions.tuple(), line);
    }
    Expr.Filter filter = tokens.skipOperator("|") ? filterChain() : null;
    return new Stmt.SetBlock(target, filter, bodyTo("endset"), line);
  }

  /** Filters after each other, the first without a value. */
  private Expr.Filter filterChain() {
    Expr.Filter filter = expressions.filter(null);
    while (tokens.skipOperator("|")) {
      filter = expressions.filter(filter);
    }
    return filter;
  }

  private Target target(boolean attributes) {
    List<Target> targets = new ArrayList<>();
    boolean comma = false;
    do {
      if (comma && !atTarget()) {
        break;
      }
      targets.add(oneTarget(attributes));
      comma |= tokens.current().isOperator(",");
    } while (tokens.skipOperator(","));
    return comma ? new Stmt.TupleTarget(targets) : targets.getFirst();
  }

  private boolean atTarget() {
    return tokens.current().isOperator("(")
        || (tokens.current().kind() == Kind.NAME && !tokens.current().isName("in"));
  }

  private Target oneTarget(boolean attributes) {
    if (tokens.skipOperator("(")) {
      tokens.enter();
      Target inner = target(attributes);
      tokens.leave();
      tokens.expectOperator(")");
      return inner;
    }
    String name = tokens.expect(Kind.NAME, "name").text();
    if (CONSTANTS.contains(name)) {
      throw tokens.fail("can't assign to '" + name + "'");
    }
    if (attributes && tokens.skipOperator(".")) {
      expressions.mentioned().add(name);
      return new Stmt.AttributeTarget(name, tokens.expect(Kind.NAME, "name").text());
    }
    return new Stmt.NameTarget(name);
  }

  private Stmt macro(int line) {
    String name = tokens.expect(Kind.NAME, "name").text();
    return new Stmt.MacroStmt(name, signature("endmacro"), line);
  }

  private Stmt call(int line) {
    List<String> parameters = new ArrayList<>();
    List<Expr> defaults = new ArrayList<>();
    if (tokens.current().isOperator("(")) {
      parameters(parameters, defaults);
    }
    Expr called = expressions.expression();
    if (!(called instanceof Expr.Call call)) {
      throw tokens.fail("expected call");
    }
    Signature caller = withBody(parameters, defaults, "endcall");
    return new Stmt.CallBlock(call, caller, line);
  }

  private Signature signature(String end) {
    List<String> parameters = new ArrayList<>();
    List<Expr> defaults = new ArrayList<>();
    parameters(parameters, defaults);
    return withBody(parameters, defaults, end);
  }

  private Signature withBody(List<String> parameters, List<Expr> defaults, String end) {
    Set<String> before = new HashSet<>(expressions.mentioned());
    expressions.mentioned().clear();
    int around = loops;
    loops = 0; // a macro's body is no part of the loop it stands in
    List<Stmt> body = bodyTo(end);
    loops = around;
    Set<String> specials = new HashSet<>(expressions.mentioned());
    specials.retainAll(SPECIALS);
    parameters.forEach(specials::remove);
    expressions.mentioned().addAll(before);
    return new Signature(parameters, defaults, specials, body);
  }

  private void parameters(List<String> parameters, List<Expr> defaults) {
    tokens.expectOperator("(");
    while (!tokens.current().isOperator(")")) {
      if (!parameters.isEmpty()) {
        tokens.expectOperator(",");
      }
      parameters.add(tokens.expect(Kind.NAME, "name").text());
      if (tokens.skipOperator("=")) {
        defaults.add(expressions.expression());
      } else if (!defaults.isEmpty()) {
        throw tokens.fail("non-default argument follows default argument");
      }
    }
    tokens.expectOperator(")");
  }

  private Stmt filter(int line) {
    Expr.Filter filter = filterChain();
    return new Stmt.FilterBlock(filter, bodyTo("endfilter"), line);
  }

  private Stmt with(int line) {
    List<Target> targets = new ArrayList<>();
    List<Expr> values = new ArrayList<>();
    while (tokens.current().kind() != Kind.BLOCK_END) {
      if (!targets.isEmpty()) {
        tokens.expectOperator(",");
      }
      targets.add(oneTarget(false));
      tokens.expectOperator("=");
      values.add(expressions.expression());
    }
    return new Stmt.With(targets, values, bodyTo("endwith"), line);
  }

  private Stmt print(int line) {
    List<Expr> values = new ArrayList<>();
    while (tokens.current().kind() != Kind.BLOCK_END) {
      if (!values.isEmpty()) {
        tokens.expectOperator(",");
      }
      values.add(expressions.expression());
    }
    return new Stmt.Print(values, line);
  }

  private Stmt block(int line) {
    String name = tokens.expect(Kind.NAME, "name").text();
    boolean scoped = tokens.skipName("scoped");
    tokens.skipName("required");
    List<Stmt> body = bodyTo("endblock");
    tokens.skipName(name);
    blocks.put(name, body);
    return new Stmt.Scoped(name, body, scoped, line);
  }
}
