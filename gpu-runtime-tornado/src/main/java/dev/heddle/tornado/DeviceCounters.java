package dev.heddle.tornado;

import dev.heddle.ops.DeviceStats;
import java.util.concurrent.atomic.LongAdder;

/** What the device did so far; written by those who use it, read by anyone. */
final class DeviceCounters {
  private final LongAdder passes = new LongAdder();
  private final LongAdder passNanos = new LongAdder();
  private final LongAdder uploads = new LongAdder();
  private final LongAdder fills = new LongAdder();
  private final LongAdder fillBytes = new LongAdder();
  private final LongAdder downloads = new LongAdder();
  private final LongAdder kernelNanos = new LongAdder();
  private final LongAdder copied = new LongAdder();

  void passed(long nanos) {
    passes.increment();
    passNanos.add(nanos);
  }

  void uploaded(long bytes) {
    uploads.add(bytes);
  }

  void filled(long bytes) {
    fills.increment();
    fillBytes.add(bytes);
  }

  void downloaded(long bytes) {
    downloads.add(bytes);
  }

  void measured(long kernels, long bytes) {
    kernelNanos.add(kernels);
    copied.add(bytes);
  }

  DeviceStats stats(String device, long bytes) {
    return new DeviceStats(
        device,
        bytes,
        passes.sum(),
        passNanos.sum(),
        uploads.sum(),
        fills.sum(),
        fillBytes.sum(),
        downloads.sum(),
        kernelNanos.sum(),
        copied.sum());
  }
}
