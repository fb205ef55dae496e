package dev.heddle.registry;

import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list in a fixed order. Entries that are added between two requests do not shift it.
 *
 * @param next give it as the next request's {@code after}; null at the end
 */
public record Page<T>(List<T> items, @Nullable String next) {
  /** The most items a page has. */
  public static final int LIMIT_MAX = 1000;

  public Page {
    items = List.copyOf(items);
  }

  /**
   * Which part of a list is wanted.
   *
   * @param limit 1 to {@link #LIMIT_MAX}
   * @param after the {@link Page#next} of the page before, null for the first
   */
  public record Request(int limit, @Nullable String after) {
    /** The first page of the usual size. */
    public static final Request FIRST = new Request(100, null);

    public Request {
      if (limit < 1 || limit > LIMIT_MAX) {
        throw new InvalidException("page-limit", "limit", "is not 1 to " + LIMIT_MAX);
      }
    }

    /** How many rows to read: one more than is shown tells whether there are more. */
    public int rows() {
      return limit + 1;
    }

    /** {@link #after} of a list in the order of ids. */
    public @Nullable UUID afterId() {
      try {
        return after == null ? null : UUID.fromString(after);
      } catch (IllegalArgumentException e) {
        throw badCursor();
      }
    }

    /** {@link #after} of a list in the order of numbers. */
    public @Nullable Long afterNumber() {
      try {
        return after == null ? null : Long.valueOf(after);
      } catch (NumberFormatException e) {
        throw badCursor();
      }
    }

    /** What to throw for an {@link #after} that no page gave. */
    public static InvalidException badCursor() {
      return new InvalidException("page-cursor", "after", "is not what the page before gave");
    }

    /** A page out of the rows read. */
    public <T> Page<T> page(List<T> rows, Function<T, String> key) {
      if (rows.size() <= limit) {
        return new Page<>(rows, null);
      }
      return new Page<>(rows.subList(0, limit), key.apply(rows.get(limit - 1)));
    }
  }
}
