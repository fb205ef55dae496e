package dev.heddle.app.api.tenants;

import dev.heddle.registry.access.TenantLimits;
import org.jspecify.annotations.Nullable;

/** What a tenant may use. Null means no limit. */
record LimitsView(
    @Nullable Long requestsPerMinute,
    @Nullable Long tokensPerMinute,
    @Nullable Integer concurrentSequences,
    @Nullable Long storedBytes,
    @Nullable Integer residentSlots) {
  static LimitsView of(TenantLimits limits) {
    return new LimitsView(
        limits.requestsPerMinute(),
        limits.tokensPerMinute(),
        limits.concurrentSequences(),
        limits.storedBytes(),
        limits.residentSlots());
  }
}
