package dev.heddle.ops.packed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.ops.memory.NativeMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedFileTest {
  private static final int PIECES = 48;
  private static final long BYTES = (long) PIECES * PackedIndex.PIECE;

  @TempDir Path folder;

  @Test
  void nothing_is_written_to_the_memory_once_a_damaged_range_is_told() throws Exception {
    Path file = folder.resolve("weights");
    try (NativeMemory memory = NativeMemory.reserve(BYTES, false)) {
      memory.slice(0, BYTES).fill((byte) 7);
      PackedWriter.write(
          file, "a model", List.of(new PackedWriter.Source("w", memory.address(), BYTES)));
      try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
        for (int piece = 0; piece < PIECES; piece++) {
          bytes.seek((long) piece * PackedIndex.PIECE);
          bytes.write(8);
        }
      }
      for (int round = 0; round < 20; round++) {
        try (PackedFile kept = PackedFile.open(file)) {
          assertThatThrownBy(() -> kept.read("w", memory.address(), BYTES))
              .isInstanceOf(IOException.class)
              .hasMessageContaining("not what they were");
          memory.slice(0, BYTES).fill((byte) 0);
          assertThat(memory.slice(0, BYTES).mismatch(zeros(memory))).isEqualTo(-1);
        }
      }
    }
  }

  /** All zeros, compared after the memory was filled: what comes later would differ. */
  private static MemorySegment zeros(NativeMemory memory) {
    return Arena.ofAuto().allocate(memory.bytes());
  }
}
