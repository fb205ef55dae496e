package dev.heddle.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How one value is laid out: shared by {@code %} and {@code str.format}.
 *
 * @param align one of {@code < > = ^}
 * @param sign what stands before a number that is not negative: a plus, a space, or 0 for nothing
 * @param precision digits or characters, -1 for none given
 */
record FormatSpec(
    int fill, char align, char sign, boolean alternate, boolean comma, int width, int precision) {
  /** Digits after the point that can be asked for. */
  static final int MAX_PRECISION = 1000;

  /** A text, cut to the precision. */
  String text(String text, Budget budget) {
    boolean cut = precision >= 0 && precision < Chars.count(text);
    return padded(
        "", cut ? text.substring(0, text.offsetByCodePoints(0, precision)) : text, budget);
  }

  /** An integer in the base of {@code type}: d, x, X, o, b. */
  String integer(BigInteger value, char type, Budget budget) {
    int base =
        switch (type) {
          case 'x', 'X' -> 16;
          case 'o' -> 8;
          case 'b' -> 2;
          default -> 10;
        };
    String digits = value.abs().toString(base);
    if (precision > digits.length()) {
      digits = "0".repeat(Math.min(precision, MAX_PRECISION) - digits.length()) + digits;
    }
    String prefix = alternate && base != 10 ? "0" + Character.toLowerCase(type) : "";
    String body = comma ? grouped(digits) : digits;
    String number = type == 'X' ? body.toUpperCase(Locale.ROOT) : body;
    return padded(signOf(value.signum() < 0) + prefix, number, budget);
  }

  /** A float as {@code type} lays it out: f, e, g in either case. */
  String real(double value, char type, Budget budget) {
    int digits = precision < 0 ? 6 : Math.min(precision, MAX_PRECISION);
    boolean negative = value < 0 || (value == 0 && 1 / value < 0);
    double size = Math.abs(value);
    String body =
        Double.isNaN(value)
            ? "nan"
            : Double.isInfinite(value)
                ? "inf"
                : switch (Character.toLowerCase(type)) {
                  case 'e' -> scientific(size, digits);
                  case 'g' -> general(size, Math.max(1, digits));
                  default ->
                      new BigDecimal(size).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
                };
    int point = body.indexOf('.');
    String whole = point < 0 ? body : body.substring(0, point);
    String number = comma ? grouped(whole) + body.substring(whole.length()) : body;
    return padded(
        signOf(negative),
        Character.isUpperCase(type) ? number.toUpperCase(Locale.ROOT) : number,
        budget);
  }

  private String signOf(boolean negative) {
    return negative ? "-" : sign == 0 ? "" : String.valueOf(sign);
  }

  private static String grouped(String digits) {
    StringBuilder out = new StringBuilder(digits);
    for (int i = digits.length() - 3; i > 0; i -= 3) {
      out.insert(i, ',');
    }
    return out.toString();
  }

  private static String scientific(double value, int digits) {
    BigDecimal rounded =
        value == 0
            ? BigDecimal.ZERO
            : new BigDecimal(value).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
    int exponent = value == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    String all = rounded.unscaledValue().toString();
    String mantissa =
        (all + "0".repeat(Math.max(0, digits + 1 - all.length()))).substring(0, digits + 1);
    String point = digits == 0 ? mantissa : mantissa.charAt(0) + "." + mantissa.substring(1);
    return "%se%s%02d".formatted(point, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private String general(double value, int digits) {
    BigDecimal rounded =
        value == 0
            ? BigDecimal.ZERO
            : new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
    int exponent = value == 0 ? 0 : rounded.precision() - rounded.scale() - 1;
    if (exponent < -4 || exponent >= digits) {
      String text = scientific(value, digits - 1);
      int e = text.indexOf('e');
      return alternate ? text : trimmed(text.substring(0, e)) + text.substring(e);
    }
    String text =
        rounded
            .setScale(Math.max(0, digits - 1 - exponent), RoundingMode.HALF_EVEN)
            .toPlainString();
    return alternate ? text : trimmed(text);
  }

  private static String trimmed(String number) {
    return number.contains(".") ? number.replaceFirst("\\.?0+$", "") : number;
  }

  private String padded(String sign, String body, Budget budget) {
    int missing = width - Chars.count(body) - sign.length();
    if (missing <= 0) {
      return sign + body;
    }
    budget.charge(2L * missing);
    String pad = Character.toString(fill);
    return switch (align) {
      case '<' -> sign + body + pad.repeat(missing);
      case '=' -> sign + pad.repeat(missing) + body;
      case '^' -> pad.repeat(missing / 2) + sign + body + pad.repeat(missing - missing / 2);
      default -> pad.repeat(missing) + sign + body;
    };
  }

  /** Reads digits from {@code at}; what is past an int counts as its largest. */
  static int number(String text, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = Math.min(Integer.MAX_VALUE, value * 10 + text.charAt(i) - '0');
    }
    return (int) value;
  }

  /** The value as an integer for the types that take one, or null if it is none. */
  static @Nullable BigInteger asInteger(Object value, boolean truncates) {
    if (Numbers.isInteger(value)) {
      return Numbers.big(value);
    }
    boolean finite = value instanceof Double d && !Double.isNaN(d) && !Double.isInfinite(d);
    return finite && truncates ? new BigDecimal((Double) value).toBigInteger() : null;
  }
}
