package dev.heddle.registry.upload;

import dev.heddle.registry.InvalidException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * Counts the bytes and files of versions that are being uploaded, those on their way included, so
 * that a limit is met before bytes are kept and not after. Safe for any thread.
 */
final class SpaceBook {
  private record Used(long bytes, int files) {}

  private final UploadLimits limits;
  private final Function<UUID, List<FileRows.Row>> stored;
  private final Map<UUID, Used> used = new HashMap<>();

  SpaceBook(UploadLimits limits, Function<UUID, List<FileRows.Row>> stored) {
    this.limits = limits;
    this.stored = stored;
  }

  /**
   * Takes room for more bytes of a version, or of a new file of it.
   *
   * @throws InvalidException {@code version-too-large} or {@code too-many-files}; nothing is taken
   */
  synchronized void take(UUID version, long bytes, int files) {
    Used now = used.computeIfAbsent(version, this::read);
    if (now.bytes() + bytes > limits.versionBytesMax()) {
      throw new InvalidException(
          "version-too-large",
          "files",
          "the files of a version have at most " + limits.versionBytesMax() + " bytes together");
    }
    if (now.files() + files > limits.filesMax()) {
      throw new InvalidException(
          "too-many-files", "files", "a version has at most " + limits.filesMax() + " files");
    }
    used.put(version, new Used(now.bytes() + bytes, now.files() + files));
  }

  /** Gives room back. */
  synchronized void release(UUID version, long bytes, int files) {
    used.computeIfPresent(version, (id, now) -> new Used(now.bytes() - bytes, now.files() - files));
  }

  /** Forgets a version whose upload is over. */
  synchronized void forget(UUID version) {
    used.remove(version);
  }

  private Used read(UUID version) {
    List<FileRows.Row> rows = stored.apply(version);
    return new Used(rows.stream().mapToLong(row -> row.file().bytes()).sum(), rows.size());
  }
}
