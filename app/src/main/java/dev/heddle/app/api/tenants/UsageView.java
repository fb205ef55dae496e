package dev.heddle.app.api.tenants;

import dev.heddle.registry.usage.UsageLine;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Usage in a span of time.
 *
 * @param period when it begins
 * @param tenant who asked
 * @param model what answered; null where lines do not tell models apart
 */
record UsageView(
    Instant period,
    String tenant,
    @Nullable String model,
    long requests,
    long promptTokens,
    long cachedTokens,
    long completionTokens,
    BigDecimal queuedSeconds,
    BigDecimal engineSeconds) {
  private static final int MICROS = 6;

  /**
   * @param base what lines without a model are called, null if they are about all models
   */
  static UsageView of(UsageLine line, @Nullable String base) {
    return new UsageView(
        line.period(),
        line.tenant(),
        line.model() == null ? base : line.model(),
        line.requests(),
        line.promptTokens(),
        line.cachedTokens(),
        line.completionTokens(),
        seconds(line.queued()),
        seconds(line.engine()));
  }

  /** To the microsecond, as plain digits: a number with an exponent is a riddle to spreadsheets. */
  static BigDecimal seconds(Duration time) {
    BigDecimal seconds =
        BigDecimal.valueOf(time.toNanos(), 9)
            .setScale(MICROS, RoundingMode.HALF_UP)
            .stripTrailingZeros();
    return seconds.scale() < 0 ? seconds.setScale(0) : seconds;
  }
}
