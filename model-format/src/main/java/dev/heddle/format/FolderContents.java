package dev.heddle.format;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The regular files that lie directly in a folder. A symbolic link counts as the file it points at,
 * if that lies in the folder too; in a folder of Hugging Face's cache ({@code snapshots/REVISION})
 * it may also lie in the cache's {@code blobs}.
 */
public final class FolderContents {
  private static final int MOST = 10_000;

  private final Path folder;
  private final NavigableSet<String> names;
  private final NavigableSet<String> skipped;

  private FolderContents(Path folder, NavigableSet<String> names, NavigableSet<String> skipped) {
    this.folder = folder;
    this.names = names;
    this.skipped = skipped;
  }

  /**
   * Lists a folder; links that lead out of it are violations and left out.
   *
   * @throws FormatException if it is not a folder that can be listed
   */
  public static FolderContents list(Path folder, Violations violations) {
    return list(folder, name -> true, violations);
  }

  /**
   * As the other, leaving out what has other names than are wanted; nothing of that is a violation.
   */
  public static FolderContents list(Path folder, Predicate<String> wanted, Violations violations) {
    if (!Files.isDirectory(folder)) {
      throw new FormatException("missing-folder", folder.toString(), "there is no such folder");
    }
    NavigableSet<String> names = new TreeSet<>();
    NavigableSet<String> skipped = new TreeSet<>();
    try (Stream<Path> entries = Files.list(folder)) {
      Path home = folder.toRealPath();
      Iterator<Path> each = entries.limit(MOST + 1L).iterator();
      for (int count = 1; each.hasNext(); count++) {
        if (count > MOST) {
          throw new FormatException(
              "too-many-files", folder.toString(), "there are more than " + MOST + " files");
        }
        Path entry = each.next();
        String name = entry.getFileName().toString();
        if (!wanted.test(name) || Files.isDirectory(entry)) {
          skipped.add(Files.isDirectory(entry) ? name + "/" : name);
        } else if (Files.isSymbolicLink(entry) && !staysInside(home, entry)) {
          violations.add(
              "escaping-link", name, "this symbolic link leads out of the folder or nowhere");
        } else if (Files.isRegularFile(entry)) {
          names.add(name);
        }
      }
    } catch (IOException e) {
      throw new FormatException(
          "unreadable-folder", folder.toString(), "it cannot be listed: " + e.getMessage());
    }
    return new FolderContents(folder, names, skipped);
  }

  /** Names of the files, sorted. */
  public NavigableSet<String> names() {
    return names;
  }

  /** Names of what was left out, sorted; those of folders end in a slash. */
  public NavigableSet<String> skipped() {
    return skipped;
  }

  public boolean has(String name) {
    return names.contains(name);
  }

  /** The path of one of {@link #names()}. */
  public Path path(String name) {
    if (!names.contains(name)) {
      throw new IllegalArgumentException("no such file: " + name);
    }
    return folder.resolve(name);
  }

  /** Whether this names a file directly in a folder: no separators, no {@code ..}, not empty. */
  public static boolean isPlainName(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == 0);
  }

  private static boolean staysInside(Path home, Path link) {
    try {
      Path target = link.toRealPath();
      if (target.startsWith(home)) {
        return true;
      }
      Path snapshots = home.getParent();
      return snapshots != null
          && snapshots.endsWith("snapshots")
          && target.startsWith(snapshots.resolveSibling("blobs"));
    } catch (IOException e) {
      return false;
    }
  }
}
