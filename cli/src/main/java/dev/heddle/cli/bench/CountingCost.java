package dev.heddle.cli.bench;

import dev.heddle.model.MoeModel;
import java.util.Arrays;

/**
 * What it costs that routers count where they send tokens: the same steps with counting and
 * without, in turns, so that whatever else the machine does befalls both alike. Compared is the
 * time in the rerouting of all layers, which is so short that little comes in between: of whole
 * steps the difference would be lost in their noise. All times are medians in microseconds.
 *
 * @param stepMicros time of a step that counts
 * @param stepMicrosWithout of one that does not
 * @param routeMicros of the former, in rerouting
 * @param routeMicrosWithout of the latter
 */
record CountingCost(
    Workload work,
    double stepMicros,
    double stepMicrosWithout,
    double routeMicros,
    double routeMicrosWithout) {
  private static final long WARM_UP_NANOS = 2_000_000_000L;
  private static final long NANOS = 10_000_000_000L;
  private static final int MOST_STEPS = 20_000; // of each kind

  static CountingCost measure(MoeModel model, SlotMeter meter, Workload work) {
    run(model, meter, work, WARM_UP_NANOS);
    return run(model, meter, work, NANOS);
  }

  private static CountingCost run(MoeModel model, SlotMeter meter, Workload work, long nanos) {
    long[][] steps = new long[2][MOST_STEPS];
    long[][] routes = new long[2][MOST_STEPS];
    int count = 0;
    long start = System.nanoTime();
    while (count < MOST_STEPS && (count == 0 || System.nanoTime() - start < nanos)) {
      for (int turn = 0; turn < 2; turn++) {
        int kind = (turn + count) % 2; // neither always finds what the other left in the caches
        meter.counting(kind == 0);
        long routed = meter.routeNanos();
        long began = System.nanoTime();
        model.forward(work.steps().get(count % work.steps().size()));
        steps[kind][count] = System.nanoTime() - began;
        routes[kind][count] = meter.routeNanos() - routed;
      }
      count++;
    }
    meter.counting(true);
    return new CountingCost(
        work,
        median(steps[0], count),
        median(steps[1], count),
        median(routes[0], count),
        median(routes[1], count));
  }

  private static double median(long[] nanos, int count) {
    Arrays.sort(nanos, 0, count);
    return nanos[count / 2] / 1e3;
  }

  /** What counting adds, as a share of a step. */
  double share() {
    return (routeMicros - routeMicrosWithout) / stepMicrosWithout;
  }
}
