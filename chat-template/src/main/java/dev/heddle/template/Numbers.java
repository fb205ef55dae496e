package dev.heddle.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Numbers as Python has them: an integer of any size is a {@link Long} or, where that is too small,
 * a {@link BigInteger}; a float is a {@link Double}; a {@link Boolean} counts as 0 or 1.
 */
final class Numbers {
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]+(_[0-9]+)*");
  private static final Pattern FLOAT =
      Pattern.compile(
          "[+-]?(([0-9]+(_[0-9]+)*)(\\.([0-9]+(_[0-9]+)*)?)?|\\.[0-9]+(_[0-9]+)*)([eE][+-]?[0-9]+)?");
  private static final BigInteger BOUND = BigInteger.TEN.pow(RenderLimits.DIGITS);

  private Numbers() {}

  /** The smallest representation of an integer, refused if it has too many digits. */
  static Object integer(BigInteger value) {
    if (value.bitLength() < 64) {
      return value.longValueExact();
    }
    if (value.abs().compareTo(BOUND) >= 0) {
      throw new Fault("Exceeds the limit (" + RenderLimits.DIGITS + " digits) for integers");
    }
    return value;
  }

  static boolean isNumber(Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  static boolean isInteger(Object value) {
    return isNumber(value) && !(value instanceof Double);
  }

  static BigInteger big(Object value) {
    return switch (value) {
      case Boolean b -> b ? BigInteger.ONE : BigInteger.ZERO;
      case BigInteger b -> b;
      case Number n -> BigInteger.valueOf(n.longValue());
      default -> throw new Fault("an integer is required, not " + Values.typeName(value));
    };
  }

  static double real(Object value) {
    return switch (value) {
      case Boolean b -> b ? 1 : 0;
      case BigInteger b -> {
        double d = b.doubleValue();
        if (Double.isInfinite(d)) {
          throw new Fault("int too large to convert to float");
        }
        yield d;
      }
      case Number n -> n.doubleValue();
      default -> throw new Fault("must be real number, not " + Values.typeName(value));
    };
  }

  /** An integer that serves as an index or a count; what is out of an int's range is clamped. */
  static int index(Object value) {
    if (!isInteger(value)) {
      throw new Fault(
          "'" + Values.typeName(value) + "' object cannot be interpreted as an integer");
    }
    BigInteger big = big(value);
    if (big.bitLength() > 31) {
      return big.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
    }
    return big.intValue();
  }

  /** Compares by value, integers with floats exactly; NaN is unequal to all: null. */
  static @Nullable Integer compare(Object a, Object b) {
    if (a instanceof Long x && b instanceof Long y) {
      return Long.compare(x, y);
    }
    double x = a instanceof Double d ? d : 0;
    double y = b instanceof Double d ? d : 0;
    if (Double.isNaN(x) || Double.isNaN(y)) {
      return null;
    }
    if (Double.isInfinite(x) || Double.isInfinite(y)) {
      return Double.compare(x, y);
    }
    return exact(a).compareTo(exact(b));
  }

  private static BigDecimal exact(Object value) {
    return value instanceof Double d ? new BigDecimal(d) : new BigDecimal(big(value));
  }

  /** {@code int(text)}; null if it is not an integer. */
  static @Nullable Object parseInteger(String text, int base) {
    String digits = ascii(StringMethods.strip(text));
    if (base == 10 && INTEGER.matcher(digits).matches()) {
      String plain = digits.replace("_", "");
      if (plain.length() > RenderLimits.DIGITS) {
        throw new Fault("Exceeds the limit (" + RenderLimits.DIGITS + " digits) for integers");
      }
      return integer(new BigInteger(plain));
    }
    if (base == 10 || digits.length() > 1000) {
      return null;
    }
    String bare = digits.toLowerCase(java.util.Locale.ROOT).replaceFirst("^([+-]?)0[box]", "$1");
    try {
      return integer(new BigInteger(bare, base));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The text with the decimal digits of any script as ASCII's. */
  private static String ascii(String text) {
    if (text.chars().allMatch(c -> c < 128)) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .map(c -> Character.isDigit(c) ? '0' + Character.digit(c, 10) : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  /** {@code float(text)}; null if it is not a number. */
  static @Nullable Double parseFloat(String text) {
    String digits = ascii(StringMethods.strip(text)).toLowerCase(java.util.Locale.ROOT);
    if (FLOAT.matcher(digits).matches()) {
      return Double.valueOf(digits.replace("_", ""));
    }
    String unsigned =
        digits.startsWith("-") || digits.startsWith("+") ? digits.substring(1) : digits;
    double sign = digits.startsWith("-") ? -1 : 1;
    return switch (unsigned) {
      case "inf", "infinity" -> sign * Double.POSITIVE_INFINITY;
      case "nan" -> Double.NaN;
      default -> null;
    };
  }

  /** {@code repr} of a float: the shortest digits that read back. */
  static String repr(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = shortest.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = shortest.unscaledValue().abs().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    String sign = value < 0 ? "-" : "";
    return "%s%se%s%02d".formatted(sign, mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  /** {@code round(value, digits)}: half to even on the exact value. */
  static Object round(Object value, int digits) {
    int places = Math.clamp(digits, -400, 400);
    if (value instanceof Double d) {
      if (Double.isNaN(d) || Double.isInfinite(d)) {
        return d;
      }
      double rounded = new BigDecimal(d).setScale(places, RoundingMode.HALF_EVEN).doubleValue();
      return Math.copySign(rounded, d);
    }
    return places >= 0
        ? integer(big(value))
        : integer(
            new BigDecimal(big(value)).setScale(places, RoundingMode.HALF_EVEN).toBigInteger());
  }
}
