package dev.heddle.app.api.residency;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What this process has of the machine's memory. */
final class ResidentMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String NAME = "VmRSS:";

  private ResidentMemory() {}

  /** Bytes that {@code ps} shows as RSS; null where the system does not say. */
  static @Nullable Long bytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(NAME)) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
    } catch (IOException e) {
      return null;
    }
    return null;
  }
}
