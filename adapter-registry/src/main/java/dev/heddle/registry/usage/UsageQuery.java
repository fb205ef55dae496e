package dev.heddle.registry.usage;

import dev.heddle.format.Violation;
import dev.heddle.registry.InvalidException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which usage to report, and how to sum it up.
 *
 * @param tenant whose, null for all tenants'
 * @param from hours that begin then or later
 * @param to and before this
 * @param period what one line spans, in UTC
 * @param by what else a line tells apart, beside tenants
 * @param adapter the one whose versions it is about, null for all and the base model
 */
public record UsageQuery(
    @Nullable UUID tenant,
    Instant from,
    Instant to,
    Period period,
    By by,
    @Nullable OfAdapter adapter) {
  private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

  /**
   * @throws InvalidException if a time is not of this age, or {@code from} not before {@code to}
   */
  public UsageQuery {
    List<Violation> violations = new ArrayList<>();
    check(violations, "from", from);
    check(violations, "to", to);
    if (violations.isEmpty() && !from.isBefore(to)) {
      violations.add(new Violation("time-range", "from", "is not before 'to'"));
    }
    InvalidException.throwIfAny(violations);
  }

  /** About whatever was used. */
  public UsageQuery(@Nullable UUID tenant, Instant from, Instant to, Period period, By by) {
    this(tenant, from, to, period, by, null);
  }

  private static void check(List<Violation> violations, String where, Instant time) {
    if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
      violations.add(
          new Violation("time-range", where, "is not between " + EARLIEST + " and " + LATEST));
    }
  }

  /** An adapter, whether there is one of the name or not. */
  public record OfAdapter(String owner, String name) {}

  /** What a line spans. */
  public enum Period {
    HOUR,
    DAY,
    MONTH;

    /** As SQL's {@code date_trunc} knows it. */
    String unit() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a line is about. */
  public enum By {
    /** A version, or the base model. */
    VERSION,
    /** An adapter with all its versions, or the base model. */
    ADAPTER,
    /** All that a tenant used. */
    TENANT
  }
}
