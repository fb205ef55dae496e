package dev.heddle.format;

import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong with an input, so that its owner hears of everything at once. Not
 * thread-safe.
 */
public final class Violations {
  private static final int MOST = 1000;

  private final List<Violation> found = new ArrayList<>();
  private int more;

  /** Notes one violation; past 1,000 they are only counted. */
  public void add(String code, String where, String message) {
    if (found.size() < MOST) {
      found.add(new Violation(code, where, message));
    } else {
      more++;
    }
  }

  /** Takes over everything another reader refused its input for. */
  public void addAll(FormatException refusal) {
    refusal.violations().forEach(v -> add(v.code(), v.where(), v.message()));
  }

  public boolean isEmpty() {
    return found.isEmpty();
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
    all.add(new Violation("too-many-violations", "", more + " more violations are not listed"));
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
