package dev.heddle.ops.reference;

import dev.heddle.ops.memory.NativeMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Floats outside the heap, where weights and KV have their place whatever the heap's size. */
final class FloatStore implements AutoCloseable {
  private final NativeMemory memory;
  private final MemorySegment floats;

  FloatStore(long count) {
    memory = NativeMemory.reserve(count * Float.BYTES, false);
    floats = memory.slice(0, count * Float.BYTES);
  }

  float get(long i) {
    return floats.getAtIndex(ValueLayout.JAVA_FLOAT, i);
  }

  void set(long i, float value) {
    floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
  }

  /** Copies n floats from place i on to {@code target[at ...]}. */
  void read(long i, float[] target, int at, int n) {
    MemorySegment.copy(floats, ValueLayout.JAVA_FLOAT, i * Float.BYTES, target, at, n);
  }

  /** Copies {@code source[at ...]} to place i on. */
  void write(long i, float[] source, int at, int n) {
    MemorySegment.copy(source, at, floats, ValueLayout.JAVA_FLOAT, i * Float.BYTES, n);
  }

  /** Copies n floats within. */
  void copy(long from, long to, long n) {
    MemorySegment.copy(floats, from * Float.BYTES, floats, to * Float.BYTES, n * Float.BYTES);
  }

  @Override
  public void close() {
    memory.close();
  }
}
