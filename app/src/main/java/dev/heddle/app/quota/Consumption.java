package dev.heddle.app.quota;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant uses at one time.
 *
 * @param requests null without a limit
 * @param tokens null without a limit; what is reserved for requests in flight counts as used
 * @param concurrentSequences of the requests in flight
 * @param residentSlots logical slots of the adapters in flight or pinned, each counted once
 */
public record Consumption(
    @Nullable Rate requests, @Nullable Rate tokens, int concurrentSequences, int residentSlots) {
  /**
   * A limit on what is begun in a minute.
   *
   * @param remaining what may be begun now, &ge; 0
   * @param reset until all of the limit may be, if nothing is begun meanwhile
   */
  public record Rate(long limit, long remaining, Duration reset) {}
}
