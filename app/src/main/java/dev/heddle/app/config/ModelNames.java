package dev.heddle.app.config;

import dev.heddle.format.model.SnapshotFolder;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the base model is called. */
final class ModelNames {
  private ModelNames() {}

  /** The configured name, else the folder's made to fit the rule for names. */
  static String of(@Nullable String configured, Path folder) {
    if (configured != null) {
      return configured;
    }
    String name =
        SnapshotFolder.nameOf(folder)
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]", "-")
            .replaceAll("^[^a-z0-9]+", "");
    return name.isEmpty() ? "base" : name.substring(0, Math.min(63, name.length()));
  }
}
