package dev.heddle.ops.vector;

import dev.heddle.ops.memory.NativeMemory;
import org.jspecify.annotations.Nullable;

/** Equal parts of memory for intermediate results, one a worker; it grows at boot only. */
final class Scratch {
  private final int parts;
  private long partBytes;
  private @Nullable NativeMemory memory;

  Scratch(int parts) {
    this.parts = parts;
  }

  /** Sees to it that a part has at least so many bytes; contents are lost if it grows. */
  void ensure(long bytes) {
    if (bytes > partBytes) {
      close();
      partBytes = Math.ceilDiv(bytes, 4096) * 4096;
      memory = NativeMemory.reserve(partBytes * parts, partBytes >= 1 << 20);
    }
  }

  /** Address of a part. */
  long of(int part) {
    NativeMemory m = memory;
    if (m == null) {
      throw new IllegalStateException("scratch memory was not sized");
    }
    return m.address() + part * partBytes;
  }

  void close() {
    if (memory != null) {
      memory.close();
      memory = null;
    }
  }
}
