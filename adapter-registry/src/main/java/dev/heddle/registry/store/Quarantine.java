package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.registry.disk.DurableFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where damaged files are set aside, as {@code quarantine/DIGEST.damaged-TIME}: the platform does
 * not read them there, and an operator can look at them. Safe for any thread.
 */
final class Quarantine {
  private static final String FOLDER = "quarantine";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final int most;

  /**
   * @param most files that are kept; the oldest go first
   */
  Quarantine(Path root, int most) {
    this.folder = root.resolve(FOLDER);
    this.most = most;
  }

  /** What a blob that was found damaged now is called, relative to the store. */
  static String name(Digest digest) {
    return FOLDER + "/" + digest.hex() + ".damaged-" + TIME.format(Instant.now());
  }

  /** Moves a file here; answers where it lies now. */
  synchronized Path setAside(Path file, Digest digest) throws IOException {
    Files.createDirectories(folder);
    Path aside = folder.resolveSibling(name(digest));
    DurableFiles.rename(file, aside);
    List<Path> oldest;
    try (Stream<Path> files = Files.list(folder)) {
      oldest = files.sorted(Comparator.comparing(Quarantine::time)).toList();
    }
    for (Path old : oldest.subList(0, Math.max(0, oldest.size() - most))) {
      Files.deleteIfExists(old);
    }
    return aside;
  }

  private static String time(Path file) {
    String name = file.getFileName().toString();
    return name.substring(name.lastIndexOf('-') + 1);
  }
}
