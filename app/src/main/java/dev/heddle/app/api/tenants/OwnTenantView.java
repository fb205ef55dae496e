package dev.heddle.app.api.tenants;

import dev.heddle.app.quota.Consumption;
import org.jspecify.annotations.Nullable;

/**
 * A tenant as it sees itself.
 *
 * @param adapters how many there are that are not archived
 * @param keys how many there are that are neither revoked nor expired
 */
record OwnTenantView(
    String name, LimitsView limits, ConsumptionView consumption, long adapters, long keys) {
  /**
   * What counts against the limits now.
   *
   * @param requestsRemaining that may be begun now, null without a limit
   * @param tokensRemaining that may be asked for now, null without a limit
   * @param concurrentSequences of the requests in flight
   * @param storedBytes logical size of the ready versions, and of uploads, those still to come
   *     included
   * @param residentSlots of the adapters in flight or pinned
   */
  record ConsumptionView(
      @Nullable Long requestsRemaining,
      @Nullable Long tokensRemaining,
      int concurrentSequences,
      long storedBytes,
      int residentSlots) {
    static ConsumptionView of(Consumption live, long storedBytes) {
      return new ConsumptionView(
          remaining(live.requests()),
          remaining(live.tokens()),
          live.concurrentSequences(),
          storedBytes,
          live.residentSlots());
    }

    private static @Nullable Long remaining(Consumption.@Nullable Rate rate) {
      return rate == null ? null : rate.remaining();
    }
  }
}
