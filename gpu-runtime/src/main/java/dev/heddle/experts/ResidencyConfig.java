package dev.heddle.experts;

import java.time.Duration;

/**
 * Limits of residency, all fixed at boot.
 *
 * @param slots slots of the pool in total, the base's included
 * @param adapterRows adapters that can be resident at once, &ge; 0
 * @param loadWait how long a request waits for its adapter
 * @param urgentShare share of loadWait, in [0, 1], after which a waiting load may stop a resident
 *     adapter from admitting
 * @param maxLoads adapters being loaded at once, &ge; 1; each keeps its source open
 * @param maxWaiting adapters asked for and not yet resident, &ge; maxLoads
 * @param fillers threads that fill the slots of one adapter, &ge; 1
 */
public record ResidencyConfig(
    int slots,
    int adapterRows,
    Duration loadWait,
    double urgentShare,
    int maxLoads,
    int maxWaiting,
    int fillers) {
  public ResidencyConfig {
    if (adapterRows < 0 || maxLoads < 1 || maxWaiting < maxLoads || fillers < 1) {
      throw new IllegalArgumentException("limits out of range");
    }
    if (!(urgentShare >= 0 && urgentShare <= 1) || loadWait.isNegative()) {
      throw new IllegalArgumentException("wait out of range");
    }
  }

  /** The usual limits: urgent after half the wait, 16 loads at once, 1024 adapters waited for. */
  public static ResidencyConfig of(int slots, int adapterRows, Duration loadWait, int fillers) {
    return new ResidencyConfig(slots, adapterRows, loadWait, 0.5, 16, 1024, fillers);
  }

  long urgentNanos() {
    return (long) (loadWait.toNanos() * urgentShare);
  }
}
