package dev.heddle.ops.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NativeMemoryTest {
  static Stream<PageSource> sources() {
    return Stream.of(PageSource.ofPlatform(), new ArenaPages());
  }

  @ParameterizedTest
  @MethodSource("sources")
  void fresh_memory_is_aligned_and_reads_as_zero(PageSource pages) {
    try (NativeMemory memory = NativeMemory.reserve(pages, 100_001, false)) {
      assertThat(memory.address() % NativeMemory.ALIGNMENT).isZero();
      assertThat(sum(memory.slice(0, 100_001))).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("sources")
  void memory_given_back_reads_as_zero_and_its_surroundings_are_kept(PageSource pages) {
    try (NativeMemory memory = NativeMemory.reserve(pages, 1 << 20, true)) {
      memory.slice(0, 1 << 20).fill((byte) 1);

      memory.giveBack(777, 500_000);

      assertThat(sum(memory.slice(777, 500_000))).isZero();
      assertThat(sum(memory.slice(0, 1 << 20))).isEqualTo((1 << 20) - 500_000);
    }
  }

  @Test
  void a_range_outside_the_memory_is_refused() {
    try (NativeMemory memory = NativeMemory.reserve(64, false)) {
      assertThatThrownBy(() -> memory.address(1, 64)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> memory.address(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> memory.slice(64, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void pages_are_committed_by_touch_and_uncommitted_by_giving_back() throws Exception {
    long bytes = 256L << 20;
    long before = residentBytes();
    try (NativeMemory memory = NativeMemory.reserve(1L << 40, false)) {
      assertThat(residentBytes() - before).isLessThan(bytes / 2);
      memory.slice(0, bytes).fill((byte) 1);
      assertThat(residentBytes() - before).isGreaterThan(bytes / 2);
      memory.giveBack(0, bytes);
      assertThat(residentBytes() - before).isLessThan(bytes / 2);
    }
  }

  private static long residentBytes() throws Exception {
    return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
  }

  private static long sum(MemorySegment bytes) {
    long sum = 0;
    for (long i = 0; i < bytes.byteSize(); i++) {
      sum += bytes.get(ValueLayout.JAVA_BYTE, i);
    }
    return sum;
  }
}
