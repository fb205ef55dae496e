package dev.heddle.app.api.tenants;

import dev.heddle.registry.usage.UsageLine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What was used in a span of time.
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
    double queuedSeconds,
    double engineSeconds) {
  private static final double NANOS = 1e9;

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
        line.queued().toNanos() / NANOS,
        line.engine().toNanos() / NANOS);
  }
}
