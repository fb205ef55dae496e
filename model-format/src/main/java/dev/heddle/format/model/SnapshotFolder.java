package dev.heddle.format.model;

import dev.heddle.format.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds a model's files in Hugging Face's cache: in {@code models--OWNER--NAME} they lie in {@code
 * snapshots/REVISION}, and {@code refs/main} says which revision was fetched last.
 */
public final class SnapshotFolder {
  private static final String SNAPSHOTS = "snapshots";
  private static final String CACHED = "models--";

  private SnapshotFolder() {}

  /**
   * The folder of the files: that of {@code refs/main}, else the only snapshot there is; a folder
   * that is none of the cache's is answered as it is.
   *
   * @throws FormatException if there are several snapshots, or none, and nothing says which
   */
  public static Path of(Path folder) {
    Path snapshots = folder.resolve(SNAPSHOTS);
    if (!Files.isDirectory(snapshots) || Files.exists(folder.resolve(ModelConfigReader.CONFIG))) {
      return folder;
    }
    try {
      Path main = folder.resolve("refs/main");
      if (Files.isRegularFile(main)) {
        Path named = snapshots.resolve(Files.readString(main).strip());
        if (Files.isDirectory(named)) {
          return named;
        }
      }
      return only(folder, snapshots);
    } catch (IOException e) {
      throw new FormatException(
          "unreadable-folder", folder.toString(), "it cannot be listed: " + e.getMessage());
    }
  }

  private static Path only(Path folder, Path snapshots) throws IOException {
    try (Stream<Path> entries = Files.list(snapshots)) {
      List<Path> all = entries.filter(Files::isDirectory).sorted().toList();
      if (all.size() == 1) {
        return all.getFirst();
      }
      throw new FormatException(
          "no-snapshot",
          folder.toString(),
          "this folder of Hugging Face's cache has "
              + all.size()
              + " snapshots, and no refs/main that says which; give one of snapshots/");
    }
  }

  /**
   * What the model in a folder is called: the folder's name, or, in Hugging Face's cache, the
   * model's.
   */
  public static String nameOf(Path folder) {
    for (Path part : folder.toAbsolutePath().normalize()) {
      String name = part.toString();
      if (name.startsWith(CACHED)) {
        return name.substring(name.lastIndexOf("--") + 2);
      }
    }
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }
}
