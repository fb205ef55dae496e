package dev.heddle.app.api.tenants;

import dev.heddle.format.Violation;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.Names;
import dev.heddle.registry.usage.UsageQuery;
import dev.heddle.registry.usage.UsageQuery.By;
import dev.heddle.registry.usage.UsageQuery.OfAdapter;
import dev.heddle.registry.usage.UsageQuery.Period;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/** The query of a usage report, every fault of it named at once. */
final class UsageParams {
  private static final Duration USUAL_SPAN = Duration.ofDays(30);

  private enum Order {
    PERIOD,
    GENERATED
  }

  private final MultiValueMap<String, String> query;
  private final List<Violation> faults = new ArrayList<>();

  private UsageParams(MultiValueMap<String, String> query) {
    this.query = query;
  }

  /**
   * @param tenant whose usage, null for all
   * @param caller name of the tenant that adapters named without an owner belong to
   * @throws InvalidException naming every fault
   */
  static UsageQuery read(
      MultiValueMap<String, String> query, @Nullable UUID tenant, String caller) {
    UsageParams params = new UsageParams(query);
    Instant to = params.time("to", Clock.systemUTC().instant());
    Instant from = params.time("from", to.minus(USUAL_SPAN));
    Period period = params.choice("group", Period.class, Period.DAY);
    By by = params.choice("by", By.class, By.VERSION);
    OfAdapter adapter = params.adapter(caller);
    params.order();
    InvalidException.throwIfAny(params.faults);
    return new UsageQuery(tenant, from, to, period, by, adapter);
  }

  /** Whether the lines with most completion tokens are wanted; a query that has been read. */
  static boolean asksForMost(MultiValueMap<String, String> query) {
    return new UsageParams(query).order() == Order.GENERATED;
  }

  private Order order() {
    return choice("order", Order.class, Order.PERIOD);
  }

  private Instant time(String name, Instant otherwise) {
    String text = query.getFirst(name);
    if (text == null) {
      return otherwise;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      faults.add(new Violation("time", name, "is not a time such as 2030-01-31T12:00:00Z"));
      return otherwise;
    }
  }

  private @Nullable OfAdapter adapter(String caller) {
    String text = query.getFirst("adapter");
    if (text == null) {
      return null;
    }
    int slash = text.indexOf('/');
    String owner = slash < 0 ? caller : text.substring(0, slash);
    String name = text.substring(slash + 1);
    if (!Names.isValid(owner) || !Names.isValid(name)) {
      faults.add(new Violation("name", "adapter", "is not an adapter's name, nor owner/name"));
    }
    return new OfAdapter(owner, name);
  }

  private <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise) {
    String text = query.getFirst(name);
    if (text == null) {
      return otherwise;
    }
    List<String> names =
        Arrays.stream(type.getEnumConstants())
            .map(value -> value.name().toLowerCase(Locale.ROOT))
            .toList();
    if (!names.contains(text)) {
      faults.add(new Violation(name, name, "is none of " + String.join(", ", names)));
      return otherwise;
    }
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
  }
}
