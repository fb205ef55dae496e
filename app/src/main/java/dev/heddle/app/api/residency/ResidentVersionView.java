package dev.heddle.app.api.residency;

import dev.heddle.experts.ResidencyStats.Resident;
import java.time.Instant;

/**
 * Residency of a version's experts.
 *
 * @param since when they were loaded
 * @param idleSeconds time since a request last started or stopped using them
 * @param leases answers that use them now
 * @param hits answers that found them there, since they were loaded
 * @param pinned whether this version is to stay resident
 */
public record ResidentVersionView(
    Instant since, double idleSeconds, int leases, long hits, boolean pinned) {
  static ResidentVersionView of(Resident resident, boolean pinned) {
    return new ResidentVersionView(
        Seconds.ago(resident.residentFor()),
        Seconds.of(resident.idleFor()),
        resident.leases(),
        resident.hits(),
        pinned);
  }
}
