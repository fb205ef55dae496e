package uk.ac.manchester.tornado.api;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** What one plan has allocated of the device's memory. */
final class PlanMemory {
  private static final AtomicLong DEVICE = new AtomicLong();

  private Arena arena = Arena.ofShared();
  private final AtomicLong used = new AtomicLong();

  /** Bytes in use by the plan. */
  long used() {
    return used.get();
  }

  /** A device copy's place, full of garbage. */
  TornadoNativeArray allocate(TornadoNativeArray host) {
    long bytes = host.getNumBytesOfSegmentWithHeader();
    TornadoDevice device = TornadoRuntimeProvider.getTornadoRuntime().getDefaultDevice();
    if (bytes > device.getMaxAllocMemory()) {
      throw new TornadoOutOfMemoryException(
          "an array of %d bytes, the most is %d".formatted(bytes, device.getMaxAllocMemory()));
    }
    if (DEVICE.addAndGet(bytes) > device.getMaxGlobalMemory()) {
      long others = DEVICE.addAndGet(-bytes);
      throw new TornadoOutOfMemoryException(
          "%d bytes more than the %d in use of %d"
              .formatted(bytes, others, device.getMaxGlobalMemory()));
    }
    used.addAndGet(bytes);
    MemorySegment segment = arena.allocate(bytes, Long.BYTES);
    Garbage.fill(segment.asSlice(TornadoNativeArray.ARRAY_HEADER));
    return switch (host) {
      case FloatArray floats -> FloatArray.fromSegmentShallow(segment);
      case IntArray ints -> IntArray.fromSegmentShallow(segment);
    };
  }

  /** Frees everything; a device copy used afterwards throws. */
  void free() {
    arena.close();
    arena = Arena.ofShared();
    DEVICE.addAndGet(-used.getAndSet(0));
  }
}
