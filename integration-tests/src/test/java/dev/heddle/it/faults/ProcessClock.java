package dev.heddle.it.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * The clock of a process, which can be set while it runs: a library of ours stands before the
 * system's calls that tell the time of day. Needs a C compiler. Time that is measured, and times of
 * files, stay as they are. (Debian's libfaketime can do this too; a JVM takes minutes to start with
 * it.)
 */
final class ProcessClock {
  private final Path library;
  private final Path offset;
  private final boolean built;

  /**
   * Builds the library, where that is possible.
   *
   * @param work where it may lie
   */
  ProcessClock(Path work) throws IOException {
    Path source = work.resolve("clock.c");
    library = work.resolve("clock.so");
    offset = work.resolve("clock");
    try (InputStream in = ProcessClock.class.getResourceAsStream("clock.c")) {
      Files.copy(Objects.requireNonNull(in), source);
    }
    set(Duration.ZERO);
    built = Programs.run("cc", "-shared", "-fPIC", "-O2", "-o", "" + library, "" + source, "-ldl");
  }

  /** Whether there is a compiler. */
  boolean canBeSet() {
    return built;
  }

  /** What the process has to be started with. */
  Map<String, String> environment() {
    return built
        ? Map.of("LD_PRELOAD", library.toString(), "FAULTS_CLOCK", offset.toString())
        : Map.of();
  }

  /** Sets it so far ahead of the true time, or behind. */
  void set(Duration ahead) throws IOException {
    byte[] seconds =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(ahead.toSeconds())
            .array();
    // The process has the file mapped: it must not be cut off meanwhile.
    Files.write(offset, seconds, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
