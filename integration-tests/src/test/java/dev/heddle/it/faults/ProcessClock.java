package dev.heddle.it.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The clock of a process, which can be set while it runs, by libfaketime (Debian's package of that
 * name). Time that is measured, and times of files, stay as they are.
 */
final class ProcessClock {
  private static final List<Path> LIBRARIES =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/faketime/libfaketimeMT.so.1"));

  private final @Nullable Path library;
  private final Path offset;

  /**
   * @param offset a file for the process to look into
   * @param wanted whether it is to be set at all
   */
  ProcessClock(Path offset, boolean wanted) throws IOException {
    this.library =
        LIBRARIES.stream().filter(file -> wanted && Files.exists(file)).findFirst().orElse(null);
    this.offset = Files.writeString(offset, "+0");
  }

  /** Whether the library is there. */
  boolean canBeSet() {
    return library != null;
  }

  /** What the process has to be started with. */
  Map<String, String> environment() {
    return library == null
        ? Map.of()
        : Map.of(
            "LD_PRELOAD", library.toString(),
            "FAKETIME_TIMESTAMP_FILE", offset.toString(),
            "FAKETIME_CACHE_DURATION", "1",
            "FAKETIME_DONT_FAKE_MONOTONIC", "1",
            "NO_FAKE_STAT", "1");
  }

  /** Sets it so far ahead of the true time, or behind. The process sees it after a second. */
  void set(Duration ahead) throws IOException {
    Files.writeString(offset, (ahead.isNegative() ? "" : "+") + ahead.toSeconds());
  }
}
