package uk.ac.manchester.tornado.api;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What an execution copied and how long it took. All is zero unless the plan's profiler was on.
 * Bytes are counted with the arrays' headers; copies on demand are added as they are made.
 */
public final class TornadoProfilerResult {
  private final List<Profile> profiles;
  private final long memory;

  TornadoProfilerResult(List<Profile> profiles, long memory) {
    this.profiles = profiles;
    this.memory = memory;
  }

  public long getTotalBytesCopyIn() {
    return sum(p -> p.bytesIn);
  }

  public long getTotalBytesCopyOut() {
    return sum(p -> p.bytesOut);
  }

  public long getTotalBytesTransferred() {
    return getTotalBytesCopyIn() + getTotalBytesCopyOut();
  }

  /** Bytes that the plan had on the device when the execution ended. */
  public long getTotalDeviceMemoryUsage() {
    return memory;
  }

  /** Nanoseconds from start to end. */
  public long getTotalTime() {
    return sum(p -> p.totalNanos);
  }

  /** Nanoseconds in kernels. */
  public long getDeviceKernelTime() {
    return sum(p -> p.kernelNanos);
  }

  /** Nanoseconds of copies to the device. */
  public long getDeviceWriteTime() {
    return sum(p -> p.inNanos);
  }

  /** Nanoseconds of copies to the host. */
  public long getDeviceReadTime() {
    return sum(p -> p.outNanos);
  }

  public long getDataTransfersTime() {
    return getDeviceWriteTime() + getDeviceReadTime();
  }

  /** Nothing is compiled here. */
  public long getCompileTime() {
    return 0;
  }

  private long sum(ToLongFunction<Profile> field) {
    return profiles.stream().mapToLong(field).sum();
  }

  /** Nothing: tasks are not timed one by one. */
  public String getProfileLog() {
    return "";
  }
}
