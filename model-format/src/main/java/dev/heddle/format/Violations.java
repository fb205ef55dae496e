package dev.heddle.format;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Collects what is wrong with an input, so that its owner hears of everything at once. Not
 * thread-safe.
 */
public final class Violations {
  /** The most violations that are kept; an answer, a log line or a row of them stays small. */
  public static final int MOST = 32;

  /** The most characters of {@link #line}. */
  static final int LINE_MAX = 4000;

  private final List<Violation> found = new ArrayList<>();
  private int more;

  /** Notes one violation; past {@value #MOST} they are only counted. */
  public void add(String code, String where, String message) {
    if (found.size() < MOST) {
      found.add(new Violation(code, where, message));
    } else {
      more++;
    }
  }

  /** Notes what was found elsewhere, as {@link #add(String, String, String)}. */
  public void add(Violation violation) {
    if (isFull()) {
      more++;
    } else {
      found.add(violation);
    }
  }

  /** Whether what comes now is only counted, so that a reader may stop. */
  public boolean isFull() {
    return found.size() >= MOST;
  }

  /** The first {@value #MOST} of a list, and a last entry that counts the rest. */
  public static List<Violation> bounded(List<Violation> all) {
    // A list that was bounded before is left as it is, with its count.
    if (all.size() <= MOST + 1) {
      return List.copyOf(all);
    }
    Violations violations = new Violations();
    all.forEach(violations::add);
    return violations.list();
  }

  /** Violations as one line of text, of at most {@value #LINE_MAX} characters. */
  public static String line(List<Violation> all) {
    String line = bounded(all).stream().map(Violation::toString).collect(Collectors.joining("; "));
    return Violation.printable(line, LINE_MAX);
  }

  /** Takes over everything another reader refused its input for. */
  public void addAll(FormatException refusal) {
    refusal.violations().forEach(v -> add(v.code(), v.where(), v.message()));
  }

  public boolean isEmpty() {
    return found.isEmpty();
  }

  /** A number of violations in words, e.g. {@code 1 violation}. */
  public static String counted(int count) {
    return count + (count == 1 ? " violation" : " violations");
  }

  /** How many have been noted. */
  public int count() {
    return found.size() + more;
  }

  /** Everything noted, in that order; a last entry says how many were only counted. */
  public List<Violation> list() {
    if (more == 0) {
      return List.copyOf(found);
    }
    List<Violation> all = new ArrayList<>(found);
    all.add(
        new Violation(
            "too-many-violations",
            "",
            more + (more == 1 ? " more violation is" : " more violations are") + " not listed"));
    return List.copyOf(all);
  }

  /**
   * Refuses the input if anything was noted.
   *
   * @throws FormatException with {@link #list()}
   */
  public void throwIfAny() {
    if (!found.isEmpty()) {
      throw new FormatException(list());
    }
  }
}
