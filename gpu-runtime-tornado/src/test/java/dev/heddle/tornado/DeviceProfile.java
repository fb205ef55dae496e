package dev.heddle.tornado;

import dev.heddle.ops.Ops;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What TornadoVM's profiler measured, by operation. */
public final class DeviceProfile {
  private static final Pattern TASK =
      Pattern.compile(
          "\"(?:decode|prefill)\\d+\\.([a-zA-Z]+)\\d+\": \\{[^}]*?\"TASK_KERNEL_TIME\": \"(\\d+)\"");

  private DeviceProfile() {}

  /** Has backends made from now on measure. */
  public static void measure() {
    System.setProperty(DevicePlan.PROFILE, "true");
  }

  /** Nanoseconds in kernels so far, by operation. */
  public static Map<String, Long> kernelNanos(Ops ops) {
    Map<String, Long> nanos = new TreeMap<>();
    Matcher tasks = TASK.matcher(((TornadoOps) ops).profile());
    while (tasks.find()) {
      nanos.merge(tasks.group(1), Long.parseLong(tasks.group(2)), Long::sum);
    }
    return nanos;
  }

  /** Prints what fusing the rerouting is worth. */
  public static void printRouting() {
    RouteTimes.print();
  }
}
