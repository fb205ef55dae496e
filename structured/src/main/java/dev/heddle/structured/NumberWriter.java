package dev.heddle.structured;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a set of numbers into a network, digit by digit: whether a number is in the set depends on
 * how its digits compare to those of each bound, and on remainders.
 */
final class NumberWriter {
  /** Most digits before and after the point, where bounds do not need more. */
  static final int INTEGER_DIGITS = 60;

  static final int FRACTION_DIGITS = 20;

  private static final int START = 0;
  private static final int SIGN = 1;
  private static final int ZERO = 2;
  private static final int INTEGER = 3;
  private static final int POINT = 4;
  private static final int FRACTION = 5;

  private final NetworkBuilder network;
  private final NumberSet set;
  private final List<Digits> bounds = new ArrayList<>();
  private final List<int[]> multiples = new ArrayList<>();
  private final int integerDigits;
  private final int fractionDigits;

  /** The digits of a bound's magnitude. */
  private record Digits(NumberSet.Bound bound, String integer, String fraction) {
    static Digits of(NumberSet.Bound bound) {
      String plain = bound.value().abs().toPlainString();
      int point = plain.indexOf('.');
      return point < 0
          ? new Digits(bound, plain, "")
          : new Digits(bound, plain.substring(0, point), plain.substring(point + 1));
    }
  }

  /**
   * What is known of the digits so far.
   *
   * @param digits before the point
   * @param decimals after it
   * @param rest of each bound, how the magnitude compares so far; then of each multiple, the
   *     remainder
   */
  private record Position(
      int phase,
      boolean negative,
      boolean zero,
      boolean whole,
      int digits,
      int decimals,
      List<Integer> rest) {}

  private NumberWriter(NetworkBuilder network, NumberSet set) {
    this.network = network;
    this.set = set;
    int before = INTEGER_DIGITS;
    int after = FRACTION_DIGITS;
    for (NumberSet.Bound bound : set.bounds()) {
      Digits digits = Digits.of(bound);
      bounds.add(digits);
      before = Math.max(before, digits.integer.length() + 1);
      after = Math.max(after, digits.fraction.length() + 1);
    }
    for (BigDecimal multiple : set.multiples()) {
      BigDecimal plain = multiple.scale() < 0 ? multiple.setScale(0) : multiple;
      multiples.add(new int[] {plain.unscaledValue().intValueExact(), plain.scale()});
      after = Math.min(after, plain.scale());
    }
    integerDigits = before;
    fractionDigits = set.integer() ? 0 : after;
  }

  /** Whether remainders by the value can be counted. */
  static boolean countable(BigDecimal multiple) {
    BigDecimal plain = multiple.stripTrailingZeros();
    return plain.signum() > 0
        && plain.scale() <= FRACTION_DIGITS
        && plain.scale() > -10
        && (plain.scale() < 0 ? plain.setScale(0) : plain)
                .unscaledValue()
                .compareTo(BigInteger.valueOf(2_000))
            <= 0;
  }

  /** Every number of a set that has rules of its own, as it is written in JSON. */
  static void write(NetworkBuilder network, int from, NumberSet set, int to) {
    if (set.values() != null) {
      for (BigDecimal value : set.values()) {
        if (set.admits(value)) {
          byte[] text = text(value).getBytes(StandardCharsets.US_ASCII);
          network.empty(network.after(from, text), to);
        }
      }
      return;
    }
    new NumberWriter(network, set).explore(from, to);
  }

  static String text(BigDecimal value) {
    String plain = value.stripTrailingZeros().toPlainString();
    return plain.length() > 80 ? value.stripTrailingZeros().toString() : plain;
  }

  private void explore(int from, int to) {
    List<Integer> rest = new ArrayList<>();
    bounds.forEach(b -> rest.add(0));
    multiples.forEach(m -> rest.add(0));
    Position first = new Position(START, false, true, true, 0, 0, List.copyOf(rest));
    Map<Position, Integer> nodes = new HashMap<>();
    List<Position> open = new ArrayList<>();
    nodes.put(first, from);
    open.add(first);
    for (int i = 0; i < open.size(); i++) {
      Position here = open.get(i);
      int node = nodes.getOrDefault(here, from);
      for (char c : new char[] {'-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'}) {
        Position next = step(here, c);
        if (next != null) {
          network.budget().spend(20 + next.rest.size());
          Integer target = nodes.get(next);
          if (target == null) {
            target = network.node();
            nodes.put(next, target);
            open.add(next);
          }
          network.bytes(node, c, c, target);
        }
      }
      if (accepts(here)) {
        network.empty(node, to);
      }
    }
  }

  private @Nullable Position step(Position p, char c) {
    boolean digit = c >= '0' && c <= '9';
    if (p.phase == START && c == '-') {
      return new Position(SIGN, true, true, true, 0, 0, p.rest);
    }
    boolean whole = p.phase == ZERO || p.phase == INTEGER;
    if (whole && c == '.' && fractionDigits > 0) {
      return new Position(POINT, p.negative, p.zero, true, p.digits, 0, integerEnded(p));
    }
    if (!digit || p.phase == ZERO) {
      return null;
    }
    if (p.phase == POINT || p.phase == FRACTION) {
      return p.decimals < fractionDigits ? fraction(p, c) : null;
    }
    return p.digits < integerDigits ? integer(p, c) : null;
  }

  private Position integer(Position p, char c) {
    List<Integer> rest = new ArrayList<>(p.rest);
    for (int b = 0; b < bounds.size(); b++) {
      String digits = bounds.get(b).integer;
      if (rest.get(b) == 0 && p.digits < digits.length()) {
        rest.set(b, Integer.compare(c, digits.charAt(p.digits)));
      }
    }
    divide(rest, c);
    int phase = p.phase != INTEGER && c == '0' ? ZERO : INTEGER;
    return new Position(
        phase, p.negative, p.zero && c == '0', true, p.digits + 1, 0, List.copyOf(rest));
  }

  private Position fraction(Position p, char c) {
    List<Integer> rest = new ArrayList<>(p.rest);
    for (int b = 0; b < bounds.size(); b++) {
      String digits = bounds.get(b).fraction;
      if (rest.get(b) == 0) {
        char its = p.decimals < digits.length() ? digits.charAt(p.decimals) : '0';
        rest.set(b, Integer.compare(c, its));
      }
    }
    divide(rest, c);
    return new Position(
        FRACTION,
        p.negative,
        p.zero && c == '0',
        p.whole && c == '0',
        p.digits,
        p.decimals + 1,
        List.copyOf(rest));
  }

  private void divide(List<Integer> rest, char c) {
    for (int m = 0; m < multiples.size(); m++) {
      int at = bounds.size() + m;
      rest.set(at, (rest.get(at) * 10 + (c - '0')) % multiples.get(m)[0]);
    }
  }

  /** Numbers of more digits are greater; of as many, the first that differs decides. */
  private List<Integer> integerEnded(Position p) {
    List<Integer> rest = new ArrayList<>(p.rest);
    for (int b = 0; b < bounds.size(); b++) {
      int length = bounds.get(b).integer.length();
      if (p.digits != length) {
        rest.set(b, Integer.compare(p.digits, length));
      }
    }
    return List.copyOf(rest);
  }

  private boolean accepts(Position p) {
    if (p.phase != ZERO && p.phase != INTEGER && p.phase != FRACTION) {
      return false;
    }
    if (set.fraction() && p.whole) {
      return false;
    }
    List<Integer> rest = p.phase == FRACTION ? p.rest : integerEnded(p);
    int sign = p.zero ? 0 : p.negative ? -1 : 1;
    for (int b = 0; b < bounds.size(); b++) {
      Digits digits = bounds.get(b);
      int magnitude = rest.get(b);
      if (magnitude == 0 && p.decimals < digits.fraction.length()) {
        magnitude = -1;
      }
      int its = digits.bound.value().signum();
      int comparison = sign != its ? Integer.compare(sign, its) : magnitude * sign;
      if (!digits.bound.admits(comparison)) {
        return false;
      }
    }
    for (int m = 0; m < multiples.size(); m++) {
      long remainder = rest.get(bounds.size() + m);
      int[] multiple = multiples.get(m);
      for (int d = p.decimals; d < multiple[1]; d++) {
        remainder = remainder * 10 % multiple[0];
      }
      if (remainder != 0) {
        return false;
      }
    }
    return true;
  }
}
