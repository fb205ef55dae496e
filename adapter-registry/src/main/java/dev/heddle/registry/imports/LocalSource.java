package dev.heddle.registry.imports;

import dev.heddle.registry.InvalidException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders of this machine, {@code file:///path}, under roots that the operator has named. A folder
 * of Hugging Face's cache ({@code models--ORG--NAME}) stands for the snapshot that {@code revision}
 * or else {@code refs/main} names.
 */
public final class LocalSource implements ImportSource {
  private static final Logger log = LoggerFactory.getLogger(LocalSource.class);
  private static final Pattern REVISION =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*");
  private static final Pattern COMMIT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final int REF_BYTES_MAX = 200;

  private final List<Path> roots;

  /**
   * @param roots what may be read, with all that lies below; none refuses every source
   */
  public LocalSource(List<Path> roots) {
    this.roots = List.copyOf(roots);
  }

  @Override
  public String scheme() {
    return "file";
  }

  @Override
  public void check(URI source, @Nullable String revision) {
    try {
      var _ = open(source, revision);
    } catch (IOException e) {
      throw notFound();
    }
  }

  @Override
  public LocalFolder open(URI source, @Nullable String revision) throws IOException {
    if (roots.isEmpty()) {
      throw new InvalidException(
          "imports-disabled", "source", "no folder may be read: heddle.imports.roots names none");
    }
    Path folder = real(path(source));
    Path root = root(folder);
    if (!isCache(folder)) {
      requireNoRevision(revision);
      return LocalFolder.list(folder, root);
    }
    Path snapshot = real(folder.resolve("snapshots").resolve(commit(folder, revision)));
    if (!snapshot.startsWith(folder)) {
      throw notFound();
    }
    return LocalFolder.list(snapshot, root);
  }

  private static Path path(URI source) {
    String host = source.getHost();
    if (source.getPath() == null || !source.getPath().startsWith("/") || host != null) {
      throw new InvalidException("bad-source", "source", "expected file:///PATH");
    }
    try {
      return Path.of(source.getPath());
    } catch (InvalidPathException e) {
      throw notFound();
    }
  }

  private static Path real(Path folder) {
    try {
      Path real = folder.toRealPath();
      if (Files.isDirectory(real)) {
        return real;
      }
    } catch (IOException e) { // absent, or hidden from this process
      throw notFound();
    }
    throw notFound();
  }

  /** The root that a folder lies under. */
  private Path root(Path folder) {
    for (Path root : roots) {
      try {
        Path real = root.toRealPath();
        if (folder.startsWith(real)) {
          return real;
        }
      } catch (IOException e) {
        log.warn("the root {} cannot be read", root, e); // and nothing lies below it
      }
    }
    throw notFound();
  }

  private static boolean isCache(Path folder) {
    return String.valueOf(folder.getFileName()).startsWith(LocalFolder.CACHE)
        && Files.isDirectory(folder.resolve("snapshots"));
  }

  /** The folder's name of the snapshot wanted: a revision is one, or a reference to one. */
  private static String commit(Path cache, @Nullable String revision) throws IOException {
    if (revision != null && !REVISION.matcher(revision).matches()) {
      throw new InvalidException("bad-revision", "revision", "expected a commit or a branch");
    }
    Path references = cache.resolve("refs");
    Path reference = references.resolve(revision == null ? "main" : revision);
    String commit = revision;
    if (Files.isRegularFile(reference)
        && reference.toRealPath().startsWith(references)
        && Files.size(reference) <= REF_BYTES_MAX) {
      commit = Files.readString(reference).strip();
    }
    if (commit == null || !COMMIT.matcher(commit).matches()) {
      throw notFound();
    }
    return commit;
  }

  private static void requireNoRevision(@Nullable String revision) {
    if (revision != null) {
      throw new InvalidException(
          "bad-revision", "revision", "only a folder models--ORG--NAME has revisions");
    }
  }

  private static InvalidException notFound() {
    return new InvalidException(
        "source-not-found", "source", "there is no such folder under heddle.imports.roots");
  }
}
