package dev.heddle.template;

import dev.heddle.template.Values.Function;
import dev.heddle.template.Values.Markup;
import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Undefined;
import java.math.BigInteger;
import java.util.List;

/** What stands after {@code is}. */
final class Tests {
  private Tests() {}

  static boolean apply(String name, Interpreter interpreter, Object value, Args args) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value instanceof None;
      case "true" -> value.equals(true);
      case "false" -> value.equals(false);
      case "boolean" -> value instanceof Boolean;
      case "string" -> Values.text(value) != null;
      case "number" -> Numbers.isNumber(value);
      case "integer" -> Numbers.isInteger(value) && !(value instanceof Boolean);
      case "float" -> value instanceof Double;
      case "mapping" -> value instanceof Dict;
      case "iterable" -> Values.isIterable(value);
      case "sequence" ->
          Values.text(value) != null
              || Values.sequence(value) != null
              || value instanceof Dict
              || value instanceof Undefined;
      case "callable" ->
          value instanceof Function || value instanceof Loop || value instanceof Undefined;
      case "escaped" -> value instanceof Markup;
      case "lower" -> isCase(interpreter.str(value), false);
      case "upper" -> isCase(interpreter.str(value), true);
      case "odd" -> remainder(value, 2L, interpreter).equals(1L);
      case "even" -> remainder(value, 2L, interpreter).equals(0L);
      case "divisibleby" ->
          Compare.equal(
              remainder(value, args.bind(name, "num").required(0), interpreter),
              0L,
              interpreter.budget());
      case "filter" -> Filters.exists(interpreter.str(value));
      case "test" -> exists(interpreter.str(value));
      case "sameas" -> same(value, args.bind(name, "other").required(0));
      default ->
          Compare.holds(
              operator(name), value, args.bind(name, "other").required(0), interpreter.budget());
    };
  }

  static boolean exists(String name) {
    return List.of(
                "defined",
                "undefined",
                "none",
                "true",
                "false",
                "boolean",
                "string",
                "number",
                "integer",
                "float",
                "mapping",
                "iterable",
                "sequence",
                "callable",
                "escaped",
                "lower",
                "upper",
                "odd",
                "even",
                "divisibleby",
                "filter",
                "test",
                "sameas")
            .contains(name)
        || !comparison(name).isEmpty();
  }

  private static String operator(String name) {
    String operator = comparison(name);
    if (operator.isEmpty()) {
      throw new Fault("No test named '" + name + "'.");
    }
    return operator;
  }

  private static String comparison(String name) {
    return switch (name) {
      case "eq", "equalto", "==" -> "==";
      case "ne", "!=" -> "!=";
      case "lt", "lessthan", "<" -> "<";
      case "le", "<=" -> "<=";
      case "gt", "greaterthan", ">" -> ">";
      case "ge", ">=" -> ">=";
      case "in" -> "in";
      default -> "";
    };
  }

  private static Object remainder(Object value, Object divisor, Interpreter interpreter) {
    Object remainder = Arithmetic.apply("%", value, divisor, interpreter);
    return remainder instanceof Double d && d == Math.rint(d)
        ? (Object) (long) (double) d
        : remainder;
  }

  /** Identity, which small values have by being equal. */
  @SuppressWarnings("ReferenceEquality") // identity is what the test sameas asks for
  private static boolean same(Object a, Object b) {
    boolean small =
        a instanceof Boolean || a instanceof None || a instanceof Long || a instanceof BigInteger;
    return a == b || (small && a.getClass() == b.getClass() && a.equals(b));
  }

  /** Whether there are letters with a case and all of them have this one. */
  static boolean isCase(String text, boolean upper) {
    int[] cased = text.codePoints().filter(Chars::isCased).toArray();
    for (int c : cased) {
      if (upper ? !Character.isUpperCase(c) : !Character.isLowerCase(c)) {
        return false;
      }
    }
    return cased.length > 0;
  }
}
