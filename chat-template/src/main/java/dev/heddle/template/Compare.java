package dev.heddle.template;

import dev.heddle.template.Values.DictView;
import dev.heddle.template.Values.Tuple;
import dev.heddle.template.Values.Undefined;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Equality, order and membership of values. */
final class Compare {
  private Compare() {}

  /** Whether {@code left operator right}. */
  static boolean holds(String operator, Object left, Object right, Budget budget) {
    return switch (operator) {
      case "==" -> equal(left, right, budget);
      case "!=" -> !equal(left, right, budget);
      case "in" -> contains(right, left, budget);
      case "not in" -> !contains(right, left, budget);
      default -> ordered(operator, left, right, budget);
    };
  }

  private static boolean ordered(String operator, Object left, Object right, Budget budget) {
    Integer order = order(operator, left, right, budget, 0);
    if (order == null) {
      return false;
    }
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  static boolean equal(Object a, Object b, Budget budget) {
    return equal(a, b, budget, 0);
  }

  private static boolean equal(Object a, Object b, Budget budget, int depth) {
    budget.step();
    nested(depth);
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
      Integer order = Numbers.compare(a, b);
      return order != null && order == 0;
    }
    String text = Values.text(a);
    if (text != null) {
      String other = Values.text(b);
      budget.touch(a);
      return text.equals(other);
    }
    return switch (a) {
      case Tuple x -> b instanceof Tuple y && equal(x.items(), y.items(), budget, depth);
      case List<?> x ->
          b instanceof List<?> y
              && (x instanceof Range) == (y instanceof Range)
              && equal(Values.cast(x), Values.cast(y), budget, depth);
      case Dict x -> b instanceof Dict y && equal(x, y, budget, depth);
      case DictView x -> b instanceof DictView y && equal(x.items(), y.items(), budget, depth);
      default -> a.equals(b);
    };
  }

  private static boolean equal(List<Object> a, List<Object> b, Budget budget, int depth) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!equal(a.get(i), b.get(i), budget, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean equal(Dict a, Dict b, Budget budget, int depth) {
    if (a.size() != b.size()) {
      return false;
    }
    for (Object key : a.keys()) {
      Object x = a.get(key);
      Object y = b.get(key);
      if (x == null || y == null || !equal(x, y, budget, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  /** Negative, zero or positive as {@code left} is less, equal or greater. */
  static int order(Object left, Object right, Budget budget) {
    Integer order = order("<", left, right, budget, 0);
    return order == null ? 0 : order;
  }

  /** Null if the two are neither less, equal nor greater: there is a NaN. */
  private static @Nullable Integer order(
      String operator, Object left, Object right, Budget budget, int depth) {
    budget.step();
    nested(depth);
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return Numbers.compare(left, right);
    }
    String a = Values.text(left);
    String b = Values.text(right);
    if (a != null && b != null) {
      budget.touch(left);
      return Chars.compare(a, b);
    }
    List<Object> x = Values.sequence(left);
    List<Object> y = Values.sequence(right);
    if (x != null && y != null && left instanceof Tuple == right instanceof Tuple) {
      return order(operator, x, y, budget, depth);
    }
    for (Object side : List.of(left, right)) {
      if (side instanceof Undefined undefined) {
        throw undefined.fault();
      }
    }
    throw new Fault(
        "'%s' not supported between instances of '%s' and '%s'"
            .formatted(operator, Values.typeName(left), Values.typeName(right)));
  }

  private static @Nullable Integer order(
      String operator, List<Object> x, List<Object> y, Budget budget, int depth) {
    for (int i = 0; i < Math.min(x.size(), y.size()); i++) {
      if (!equal(x.get(i), y.get(i), budget, depth + 1)) {
        return order(operator, x.get(i), y.get(i), budget, depth + 1);
      }
    }
    return Integer.compare(x.size(), y.size());
  }

  /** {@code item in container}. */
  static boolean contains(Object container, Object item, Budget budget) {
    String text = Values.text(container);
    if (text != null) {
      String part = Values.text(item);
      if (part == null) {
        throw new Fault(
            "'in <string>' requires string as left operand, not " + Values.typeName(item));
      }
      budget.search(text, part);
      return text.contains(part);
    }
    if (container instanceof Dict dict) {
      budget.touch(item);
      return dict.get(item) != null;
    }
    if (!Values.isIterable(container)) {
      throw new Fault("argument of type '" + Values.typeName(container) + "' is not iterable");
    }
    for (Iterator<Object> items = Values.iterator(container); items.hasNext(); ) {
      if (equal(items.next(), item, budget)) {
        return true;
      }
    }
    return false;
  }

  private static void nested(int depth) {
    if (depth > Values.DEPTH) {
      throw new Fault("values are nested too deep to be compared");
    }
  }
}
