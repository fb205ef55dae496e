package dev.heddle.template;

import dev.heddle.template.Values.Markup;
import dev.heddle.template.Values.Tuple;
import dev.heddle.template.Values.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** {@code + - * / // % **} of numbers, texts and lists. */
final class Arithmetic {
  private static final int POWER_BITS = 16_384;

  private Arithmetic() {}

  static Object apply(String operator, Object left, Object right, Interpreter interpreter) {
    if (left instanceof Undefined undefined) {
      throw undefined.fault();
    }
    String text = Values.text(left);
    if (operator.equals("%") && text != null) {
      return interpreter.budget().made(PercentFormat.apply(text, right, interpreter));
    }
    if (right instanceof Undefined undefined) {
      throw undefined.fault();
    }
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return numbers(operator, left, right);
    }
    Object value = Undefined.name(operator);
    if (operator.equals("+")) {
      value = joined(left, right, interpreter.budget());
    } else if (operator.equals("*") && Numbers.isInteger(right)) {
      value = repeated(left, right, interpreter.budget());
    } else if (operator.equals("*") && Numbers.isInteger(left)) {
      value = repeated(right, left, interpreter.budget());
    }
    if (value instanceof Undefined) {
      throw unsupported(operator, left, right);
    }
    return value;
  }

  private static Fault unsupported(String operator, Object left, Object right) {
    String type = Values.typeName(right);
    if (operator.equals("+") && left instanceof String) {
      return new Fault("can only concatenate str (not \"" + type + "\") to str");
    }
    if (operator.equals("+") && left instanceof List<?> && !(left instanceof Range)) {
      return new Fault("can only concatenate list (not \"" + type + "\") to list");
    }
    return new Fault(
        "unsupported operand type(s) for %s: '%s' and '%s'"
            .formatted(
                operator.equals("**") ? "** or pow()" : operator, Values.typeName(left), type));
  }

  static Object sign(Object value, boolean negative) {
    if (value instanceof Undefined undefined) {
      throw undefined.fault();
    }
    if (!Numbers.isNumber(value)) {
      throw new Fault(
          "bad operand type for unary %s: '%s'"
              .formatted(negative ? "-" : "+", Values.typeName(value)));
    }
    if (value instanceof Double d) {
      return negative ? -d : d;
    }
    BigInteger integer = Numbers.big(value);
    return Numbers.integer(negative ? integer.negate() : integer);
  }

  /** A sum of texts, lists or tuples; undefined if they do not go together. */
  private static Object joined(Object left, Object right, Budget budget) {
    String a = Values.text(left);
    String b = Values.text(right);
    if (a != null && b != null) {
      if (left instanceof Markup || right instanceof Markup) {
        return new Markup(budget.made(Markups.escaped(left) + Markups.escaped(right)));
      }
      budget.charge((long) a.length() + b.length());
      return a + b;
    }
    List<Object> x = Values.sequence(left);
    List<Object> y = Values.sequence(right);
    boolean alike = left instanceof Tuple == right instanceof Tuple;
    if (x == null || y == null || !alike || x instanceof Range || y instanceof Range) {
      return Undefined.name("+");
    }
    budget.elements((long) x.size() + y.size());
    List<Object> sum = new ArrayList<>(x.size() + y.size());
    sum.addAll(x);
    sum.addAll(y);
    return left instanceof Tuple ? new Tuple(sum) : sum;
  }

  private static Object repeated(Object value, Object times, Budget budget) {
    int count = Math.max(0, Numbers.index(times));
    String text = Values.text(value);
    if (text != null) {
      budget.charge((long) text.length() * count);
      return value instanceof Markup ? new Markup(text.repeat(count)) : text.repeat(count);
    }
    List<Object> list = Values.sequence(value);
    if (list == null || list instanceof Range) {
      return Undefined.name("*");
    }
    budget.elements((long) list.size() * count);
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < count && !list.isEmpty(); i++) {
      all.addAll(list);
    }
    return value instanceof Tuple ? new Tuple(all) : all;
  }

  private static Object numbers(String operator, Object left, Object right) {
    if (operator.equals("/")) {
      return divided(left, right);
    }
    if (left instanceof Double || right instanceof Double) {
      return reals(operator, Numbers.real(left), Numbers.real(right));
    }
    return integers(operator, Numbers.big(left), Numbers.big(right));
  }

  private static Object divided(Object left, Object right) {
    if (left instanceof Double || right instanceof Double) {
      double divisor = Numbers.real(right);
      double dividend = Numbers.real(left);
      if (divisor == 0) {
        throw new Fault("division by zero");
      }
      return dividend / divisor;
    }
    BigInteger a = Numbers.big(left);
    BigInteger b = Numbers.big(right);
    if (b.signum() == 0) {
      throw new Fault("division by zero");
    }
    if (a.bitLength() <= 53 && b.bitLength() <= 53) {
      return a.doubleValue() / b.doubleValue();
    }
    double quotient =
        new BigDecimal(a).divide(new BigDecimal(b), new MathContext(800)).doubleValue();
    if (Double.isInfinite(quotient)) {
      throw new Fault("integer division result too large for a float");
    }
    return quotient;
  }

  private static Object integers(String operator, BigInteger a, BigInteger b) {
    return switch (operator) {
      case "+" -> Numbers.integer(a.add(b));
      case "-" -> Numbers.integer(a.subtract(b));
      case "*" -> Numbers.integer(a.multiply(b));
      case "//" -> Numbers.integer(a.subtract(floorMod(a, b)).divide(b));
      case "%" -> Numbers.integer(floorMod(a, b));
      default -> power(a, b);
    };
  }

  private static BigInteger floorMod(BigInteger a, BigInteger b) {
    if (b.signum() == 0) {
      throw new Fault("integer division or modulo by zero");
    }
    BigInteger remainder = a.remainder(b);
    return remainder.signum() != 0 && remainder.signum() != b.signum()
        ? remainder.add(b)
        : remainder;
  }

  private static Object power(BigInteger base, BigInteger exponent) {
    if (exponent.signum() < 0) {
      return reals("**", Numbers.real(base), Numbers.real(exponent));
    }
    boolean small = base.abs().bitLength() <= 1;
    if (small) {
      boolean odd = exponent.testBit(0);
      return exponent.signum() == 0
          ? 1L
          : odd ? Numbers.integer(base) : base.signum() == 0 ? 0L : 1L;
    }
    if (exponent.bitLength() > 15 || (long) base.bitLength() * exponent.intValue() > POWER_BITS) {
      throw new Fault("Exceeds the limit (" + RenderLimits.DIGITS + " digits) for integers");
    }
    return Numbers.integer(base.pow(exponent.intValue()));
  }

  private static Object reals(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "//" -> {
        double remainder = floorMod(a, b);
        double quotient = (a - remainder) / b;
        yield Math.rint(quotient);
      }
      case "%" -> floorMod(a, b);
      default -> {
        if (a == 0 && b < 0) {
          throw new Fault("0.0 cannot be raised to a negative power");
        }
        double power = Math.pow(a, b);
        if (Double.isNaN(power) && !Double.isNaN(a) && !Double.isNaN(b)) {
          throw new Fault("a complex number is not supported");
        }
        if (Double.isInfinite(power) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
          throw new Fault("Numerical result out of range");
        }
        yield power;
      }
    };
  }

  private static double floorMod(double a, double b) {
    if (b == 0) {
      throw new Fault("float floor division or modulo by zero");
    }
    double remainder = a % b;
    if (remainder != 0) {
      return (b < 0) != (remainder < 0) ? remainder + b : remainder;
    }
    return Math.copySign(0.0, b);
  }
}
