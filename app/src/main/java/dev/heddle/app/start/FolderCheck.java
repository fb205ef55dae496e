package dev.heddle.app.start;

import dev.heddle.app.config.DataFolder;
import dev.heddle.app.config.HeddleProperties;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tries whether the data folder can be made, written to and had alone. */
final class FolderCheck {
  private FolderCheck() {}

  /** What keeps it from that, and what to do. */
  static Optional<String> fault(HeddleProperties properties) {
    Path file = fileOnTheWay(properties.data());
    if (file != null) {
      return Optional.of(file + " is a file; choose a folder, or a path where none is yet");
    }
    try {
      DataFolder.take(properties).close();
      return Optional.empty();
    } catch (UncheckedIOException e) {
      return Optional.of(
          "the folder cannot be used: "
              + FileFaults.text(Objects.requireNonNull(e.getCause()))
              + "; give it to the user "
              + System.getProperty("user.name")
              + ", or choose another");
    } catch (IllegalStateException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Path fileOnTheWay(Path folder) {
    for (Path p = folder.toAbsolutePath().normalize(); p != null; p = p.getParent()) {
      if (Files.exists(p)) {
        return Files.isDirectory(p) ? null : p;
      }
    }
    return null;
  }
}
