package dev.heddle.template;

import dev.heddle.template.Filters.Filter;
import dev.heddle.template.Values.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Filters about numbers. */
final class NumberFilters {
  private NumberFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("abs", NumberFilters::abs);
    filters.put("int", NumberFilters::integer);
    filters.put("float", NumberFilters::real);
    filters.put("round", NumberFilters::round);
  }

  private static Object abs(Interpreter interpreter, Object value, Args args) {
    args.bind("abs");
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
    if (!Numbers.isNumber(value)) {
      throw new Fault("bad operand type for abs(): '" + Values.typeName(value) + "'");
    }
    return value instanceof Double d
        ? (Object) Math.abs(d)
        : Numbers.integer(Numbers.big(value).abs());
  }

  private static Object integer(Interpreter interpreter, Object value, Args args) {
    Args.Bound bound = args.bind("int", "default", "base");
    refuseUndefined(value);
    String text = Values.text(value);
    Object found;
    if (text != null) {
      int base = bound.number(1, 10);
      if (base < 2 || base > 36) {
        return bound.get(0, 0L);
      }
      found = Numbers.parseInteger(text, base);
      Double real = found == null ? Numbers.parseFloat(text) : null;
      found = real == null ? found : truncated(real);
    } else {
      found =
          value instanceof Double d
              ? truncated(d)
              : Numbers.isNumber(value) ? Numbers.integer(Numbers.big(value)) : null;
    }
    return found == null ? bound.get(0, 0L) : found;
  }

  private static @Nullable Object truncated(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return null;
    }
    BigInteger integer = new BigDecimal(value).toBigInteger();
    return Numbers.integer(integer);
  }

  private static Object real(Interpreter interpreter, Object value, Args args) {
    Object otherwise = args.bind("float", "default").get(0, 0.0);
    refuseUndefined(value);
    String text = Values.text(value);
    Double parsed = text == null ? null : Numbers.parseFloat(text);
    if (parsed != null) {
      return parsed;
    }
    return Numbers.isNumber(value) ? (Object) Numbers.real(value) : otherwise;
  }

  private static Object round(Interpreter interpreter, Object value, Args args) {
    Args.Bound bound = args.bind("round", "precision", "method");
    String method = bound.text(1, "common");
    int digits = bound.number(0, 0);
    refuseUndefined(value);
    if (!Numbers.isNumber(value)) {
      throw new Fault("type " + Values.typeName(value) + " doesn't define __round__ method");
    }
    if (method.equals("common")) {
      return Numbers.round(value, digits);
    }
    double scale = Math.pow(10, digits);
    double scaled = Numbers.real(value) * scale;
    return switch (method) {
      case "ceil" -> Math.ceil(scaled) / scale;
      case "floor" -> Math.floor(scaled) / scale;
      default -> throw new Fault("method must be common, ceil or floor");
    };
  }

  private static void refuseUndefined(Object value) {
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
  }
}
