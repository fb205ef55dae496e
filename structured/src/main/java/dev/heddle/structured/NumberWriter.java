package dev.heddle.structured;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes a set of numbers into a network, digit by digit: whether a number is in the set depends on
 * how its digits compare to those of each bound, and on remainders.
 */
final class NumberWriter {
  /** Most digits before and after the point, where bounds do not need more. */
  static final int INTEGER_DIGITS = 60;

  static final int FRACTION_DIGITS = 20;

  /** Most remainders that are told apart. */
  private static final int REMAINDERS = 2_000;

  /** Where more are told apart, digits are counted only as far as bounds need it. */
  private static final int COUNTED_REMAINDERS = 100;

  /** What an edge costs to find, in steps of the budget. */
  private static final long STEP_COST = 40;

  private static final int START = 0;
  private static final int SIGN = 1;
  private static final int ZERO = 2;
  private static final int INTEGER = 3;
  private static final int POINT = 4;
  private static final int FRACTION = 5;

  private final NetworkBuilder network;
  private final NumberSet set;
  private final List<Digits> bounds = new ArrayList<>();
  private final List<List<Integer>> comparisons = new ArrayList<>();
  private final Map<List<Integer>, Integer> comparisonIds = new HashMap<>();

  /** A number is a multiple of so many units in the last place of {@link #scale}. */
  private final int units;

  private final int scale;

  /** Whether there are at most {@link #integerDigits}; else that many stand for more, too. */
  private final boolean counted;

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
   * @param digits before the point, as long as there is none
   * @param decimals after it
   * @param compared index of how the magnitude compares to each bound so far
   * @param remainder of the digits
   */
  private record Position(
      int phase,
      boolean negative,
      boolean zero,
      boolean whole,
      int digits,
      int decimals,
      int compared,
      int remainder) {}

  private NumberWriter(NetworkBuilder network, NumberSet set) {
    this.network = network;
    this.set = set;
    int before = 0;
    int after = FRACTION_DIGITS;
    for (NumberSet.Bound bound : set.bounds()) {
      Digits digits = Digits.of(bound);
      bounds.add(digits);
      before = Math.max(before, digits.integer.length() + 1);
      after = Math.max(after, digits.fraction.length() + 1);
    }
    BigDecimal multiple = commonMultiple(set.multiples());
    scale = multiple == null ? 0 : multiple.scale();
    units = multiple == null ? 1 : multiple.unscaledValue().intValueExact();
    counted = units <= COUNTED_REMAINDERS;
    integerDigits = counted ? Math.max(before, INTEGER_DIGITS) : Math.max(before, 1);
    fractionDigits =
        set.integer() ? 0 : multiple == null ? after : Math.min(after, multiple.scale());
  }

  /** What all multiples of each of these are multiples of; null for none. */
  private static @Nullable BigDecimal commonMultiple(Set<BigDecimal> multiples) {
    if (multiples.isEmpty()) {
      return null;
    }
    int scale = multiples.stream().mapToInt(BigDecimal::scale).reduce(0, Math::max);
    BigInteger common = BigInteger.ONE;
    for (BigDecimal multiple : multiples) {
      BigInteger units = multiple.setScale(scale).unscaledValue();
      common = common.divide(common.gcd(units)).multiply(units);
      if (common.bitLength() > 256) {
        break;
      }
    }
    BigDecimal plain = plain(new BigDecimal(common, scale));
    if (plain.unscaledValue().compareTo(BigInteger.valueOf(REMAINDERS)) > 0) {
      throw new StructureException(
          "is too large: its multiples together have more than %d remainders"
              .formatted(REMAINDERS));
    }
    return plain;
  }

  /** The same value with the fewest digits after the point, and all before it. */
  private static BigDecimal plain(BigDecimal value) {
    BigDecimal stripped = value.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  /** Whether remainders by the value can be counted. */
  static boolean countable(BigDecimal multiple) {
    return multiple.signum() > 0
        && multiple.stripTrailingZeros().scale() > -10
        && multiple.stripTrailingZeros().scale() <= FRACTION_DIGITS
        && plain(multiple).unscaledValue().compareTo(BigInteger.valueOf(REMAINDERS)) <= 0;
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
    int equal = compared(Collections.nCopies(bounds.size(), 0));
    Position first = new Position(START, false, true, true, 0, 0, equal, 0);
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
          network.budget().spend(STEP_COST + 2L * bounds.size());
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
      return noneBelowZero()
          ? null
          : new Position(SIGN, !bounds.isEmpty(), true, true, 0, 0, p.compared, 0);
    }
    boolean whole = p.phase == ZERO || p.phase == INTEGER;
    if (whole && c == '.' && fractionDigits > 0) {
      return new Position(POINT, p.negative, p.zero, true, 0, 0, integerEnded(p), p.remainder);
    }
    if (!digit || p.phase == ZERO) {
      return null;
    }
    if (p.phase == POINT || p.phase == FRACTION) {
      return p.decimals < fractionDigits ? fraction(p, c) : null;
    }
    return p.digits < integerDigits || !counted ? integer(p, c) : null;
  }

  private boolean noneBelowZero() {
    return set.bounds().stream()
        .anyMatch(b -> b.value().signum() >= 0 && (b.allowed() & NumberSet.LESS) == 0);
  }

  private Position integer(Position p, char c) {
    int phase = p.phase != INTEGER && c == '0' ? ZERO : INTEGER;
    int compared =
        compared(p, b -> p.digits < b.integer.length() ? b.integer.charAt(p.digits) : c, c);
    return new Position(
        phase,
        p.negative,
        isZero(p, c),
        true,
        Math.min(p.digits + 1, integerDigits),
        0,
        compared,
        remainder(p, c));
  }

  private Position fraction(Position p, char c) {
    int compared =
        compared(p, b -> p.decimals < b.fraction.length() ? b.fraction.charAt(p.decimals) : '0', c);
    return new Position(
        FRACTION,
        p.negative,
        isZero(p, c),
        p.whole && c == '0',
        0,
        p.decimals + 1,
        compared,
        remainder(p, c));
  }

  /** Whether all digits are zero; it matters to bounds alone. */
  private boolean isZero(Position p, char c) {
    return p.zero && (c == '0' || bounds.isEmpty());
  }

  private int remainder(Position p, char c) {
    return (p.remainder * 10 + (c - '0')) % units;
  }

  /** How the magnitude compares after a digit, given the one that each bound has there. */
  private int compared(Position p, ToIntFunction<Digits> its, char c) {
    List<Integer> before = comparisons.get(p.compared);
    if (!before.contains(0)) {
      return p.compared;
    }
    List<Integer> after = new ArrayList<>(before);
    for (int b = 0; b < bounds.size(); b++) {
      if (after.get(b) == 0) {
        after.set(b, Integer.compare(c, its.applyAsInt(bounds.get(b))));
      }
    }
    return compared(after);
  }

  private int compared(List<Integer> each) {
    return comparisonIds.computeIfAbsent(
        List.copyOf(each),
        known -> {
          comparisons.add(known);
          return comparisons.size() - 1;
        });
  }

  /** Numbers of more digits are greater; of as many, the first that differs decides. */
  private int integerEnded(Position p) {
    List<Integer> ended = new ArrayList<>(comparisons.get(p.compared));
    for (int b = 0; b < bounds.size(); b++) {
      int length = bounds.get(b).integer.length();
      if (p.digits != length) {
        ended.set(b, Integer.compare(p.digits, length));
      }
    }
    return compared(ended);
  }

  private boolean accepts(Position p) {
    if (p.phase != ZERO && p.phase != INTEGER && p.phase != FRACTION) {
      return false;
    }
    if (set.fraction() && p.whole) {
      return false;
    }
    List<Integer> ended = comparisons.get(p.phase == FRACTION ? p.compared : integerEnded(p));
    int sign = p.zero ? 0 : p.negative ? -1 : 1;
    for (int b = 0; b < bounds.size(); b++) {
      Digits digits = bounds.get(b);
      int magnitude = ended.get(b);
      if (magnitude == 0 && p.decimals < digits.fraction.length()) {
        magnitude = -1;
      }
      int its = digits.bound.value().signum();
      int comparison = sign != its ? Integer.compare(sign, its) : magnitude * sign;
      if (!digits.bound.admits(comparison)) {
        return false;
      }
    }
    int remainder = p.remainder;
    for (int d = p.decimals; d < scale; d++) {
      remainder = remainder * 10 % units;
    }
    return remainder == 0;
  }
}
