package dev.heddle.registry.imports;

import dev.heddle.format.adapter.AdapterFileNames;
import dev.heddle.registry.InvalidException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A folder of this machine. Links in it lead to files under the same root; in a snapshot of Hugging
 * Face's cache they may also lead to the cache's {@code blobs}, wherever the root is.
 */
final class LocalFolder implements SourceFolder {
  /** What the name of a cached model's folder begins with. */
  static final String CACHE = "models--";

  private static final int ENTRIES_MAX = 10_000;

  private final Map<String, Path> paths;
  private final List<File> files;
  private final List<String> others;

  private LocalFolder(Map<String, Path> paths, List<File> files, List<String> others) {
    this.paths = Map.copyOf(paths);
    this.files = List.copyOf(files);
    this.others = List.copyOf(others);
  }

  /**
   * Looks at a folder.
   *
   * @param folder its real path
   * @param root what links may lead into, its real path
   * @throws InvalidException if the link that an adapter's file is leads out
   */
  static LocalFolder list(Path folder, Path root) throws IOException {
    Path blobs = blobs(folder);
    Map<String, Path> paths = new TreeMap<>();
    List<File> files = new ArrayList<>();
    List<String> others = new ArrayList<>();
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path entry : all) {
        entries.add(entry);
        if (entries.size() > ENTRIES_MAX) {
          throw new InvalidException(
              "too-many-files", "source", "has more than " + ENTRIES_MAX + " files");
        }
      }
    }
    entries.sort(null);
    for (Path entry : entries) {
      String name = entry.getFileName().toString();
      if (!Files.isRegularFile(entry)) {
        others.add(name);
        continue;
      }
      Path real = entry.toRealPath();
      boolean inside = real.startsWith(root) || (blobs != null && real.startsWith(blobs));
      if (!inside && !AdapterFileNames.isPart(name)) {
        others.add(name);
        continue;
      }
      if (!inside) {
        throw new InvalidException("escaping-link", name, "this link leads out of the folder");
      }
      paths.put(name, real);
      files.add(new File(name, Files.size(real)));
    }
    return new LocalFolder(paths, files, others);
  }

  /** The folder of blobs of the cache that the folder is a snapshot of; null if it is none. */
  private static @Nullable Path blobs(Path folder) {
    Path snapshots = folder.getParent();
    Path cache = snapshots == null ? null : snapshots.getParent();
    if (snapshots == null || cache == null || !snapshots.endsWith("snapshots")) {
      return null;
    }
    return String.valueOf(cache.getFileName()).startsWith(CACHE) ? cache.resolve("blobs") : null;
  }

  @Override
  public List<File> files() {
    return files;
  }

  @Override
  public List<String> others() {
    return others;
  }

  @Override
  public InputStream open(File file) throws IOException {
    Path path = paths.get(file.name());
    if (path == null) {
      throw new IllegalArgumentException("no file of this folder: " + file.name());
    }
    return Files.newInputStream(path, LinkOption.NOFOLLOW_LINKS); // nobody puts a link there now
  }
}
