package dev.heddle.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An expression of a template. */
sealed interface Expr {
  record Literal(Object value) implements Expr {}

  record Name(String name) implements Expr {}

  record ListOf(List<Expr> items) implements Expr {}

  record TupleOf(List<Expr> items) implements Expr {}

  record DictOf(List<Expr> keys, List<Expr> values) implements Expr {}

  /** {@code owner.name}. */
  record Attribute(Expr owner, String name) implements Expr {}

  /** {@code owner[key]}. */
  record Item(Expr owner, Expr key) implements Expr {}

  /** {@code owner[from:to:step]}. */
  record Slice(Expr owner, @Nullable Expr from, @Nullable Expr to, @Nullable Expr step)
      implements Expr {}

  record Call(Expr callee, Arguments arguments, int line) implements Expr {}

  /** {@code value | name(...)}; without a value in a filter block. */
  record Filter(@Nullable Expr value, String name, Arguments arguments, int line) implements Expr {}

  /** {@code value is name(...)}. */
  record Test(Expr value, String name, Arguments arguments, int line) implements Expr {}

  record Not(Expr value) implements Expr {}

  record And(List<Expr> terms) implements Expr {}

  record Or(List<Expr> terms) implements Expr {}

  /** {@code a < b <= c}: operators stand between operands. */
  record Compare(List<Expr> operands, List<String> operators) implements Expr {}

  /** {@code a + b - c}: operators of one precedence, from the left. */
  record Arithmetic(List<Expr> operands, List<String> operators, int line) implements Expr {}

  /** {@code -a} or {@code +a}. */
  record Sign(Expr value, boolean negative) implements Expr {}

  /** {@code a ~ b}. */
  record Concat(List<Expr> parts) implements Expr {}

  /** {@code yes if condition else no}. */
  record Choice(Expr condition, Expr yes, @Nullable Expr no) implements Expr {}

  /** What stands between the brackets of a call. */
  record Arguments(
      List<Expr> positional,
      List<String> names,
      List<Expr> named,
      @Nullable Expr rest,
      @Nullable Expr namedRest) {
    static final Arguments NONE = new Arguments(List.of(), List.of(), List.of(), null, null);
  }
}
