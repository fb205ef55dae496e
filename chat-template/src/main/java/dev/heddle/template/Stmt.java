package dev.heddle.template;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A statement of a template; {@code line} is where it begins. */
sealed interface Stmt {
  int line();

  record Data(String text, int line) implements Stmt {}

  record Print(List<Expr> values, int line) implements Stmt {}

  record If(List<Branch> branches, List<Stmt> otherwise, int line) implements Stmt {}

  /** One condition of an {@link If} and what it leads to. */
  record Branch(Expr condition, List<Stmt> body, int line) {}

  record For(
      Target target,
      Expr items,
      @Nullable Expr condition,
      boolean recursive,
      List<Stmt> body,
      List<Stmt> otherwise,
      int line)
      implements Stmt {}

  record Assign(Target target, Expr value, int line) implements Stmt {}

  /** {@code {% set name | filter %}...{% endset %}}. */
  record SetBlock(Target target, Expr.@Nullable Filter filter, List<Stmt> body, int line)
      implements Stmt {}

  record MacroStmt(String name, Signature signature, int line) implements Stmt {}

  record CallBlock(Expr.Call call, Signature caller, int line) implements Stmt {}

  record FilterBlock(Expr.Filter filter, List<Stmt> body, int line) implements Stmt {}

  record With(List<Target> targets, List<Expr> values, List<Stmt> body, int line) implements Stmt {}

  /** What the model wrote; transformers renders it as a macro called on the spot. */
  record Generation(Signature signature, int line) implements Stmt {}

  /** The statements of a {@code {% block %}}, which sees locals only if it is scoped. */
  record Scoped(String name, List<Stmt> body, boolean seesLocals, int line) implements Stmt {}

  /** Whether what is printed inside is escaped for HTML. */
  record Autoescape(Expr on, List<Stmt> body, int line) implements Stmt {}

  /** Makes a template's blocks known as {@code self}, before anything else. */
  record Blocks(Map<String, List<Stmt>> bodies, int line) implements Stmt {}

  record Break(int line) implements Stmt {}

  record Continue(int line) implements Stmt {}

  /**
   * What a macro takes and does.
   *
   * @param defaults of the last parameters
   * @param specials which of caller, varargs and kwargs the body mentions
   */
  record Signature(
      List<String> parameters, List<Expr> defaults, Set<String> specials, List<Stmt> body) {}

  /** What a value is assigned to. */
  sealed interface Target {}

  record NameTarget(String name) implements Target {}

  /** {@code namespace.attribute}. */
  record AttributeTarget(String namespace, String attribute) implements Target {}

  record TupleTarget(List<Target> targets) implements Target {}
}
