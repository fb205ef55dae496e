package dev.heddle.registry.store;

import dev.heddle.registry.Ids;
import dev.heddle.registry.disk.DurableFiles;
import dev.heddle.registry.disk.FolderLock;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies on the local disk of blobs that are kept elsewhere, so that they can be mapped. Bounded:
 * the longest unused leave first; one that leaves while it is mapped can be read on. Each file is
 * checked when this process first reads it, and its length every time; one that is not what it
 * should be is fetched anew. Safe for any thread.
 */
final class BlobCache implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BlobCache.class);

  /** A blob on its way here. */
  record Incoming(long bytes, InputStream stream) {}

  /** Asks for a blob where it is kept. */
  interface Source {
    /**
     * Opens the blob.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     */
    Incoming open() throws IOException;
  }

  /** Reads a file: to check it, or to map it. */
  interface Reading<T> {
    T read(Path file) throws IOException;
  }

  /** A file, or the place of one. Its lock is held while it is checked, fetched or mapped. */
  private static final class Entry {
    volatile long bytes; // 0 while there is no file
    boolean checked; // guarded by this
    int users; // guarded by the cache
  }

  private final FolderLock lock;
  private final Path root;
  private final Path partial;
  private final long budget;
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long used;

  /**
   * Opens a folder that this process owns, with what is in it.
   *
   * @param budget most bytes the files may have, but for what is read while all others are too
   * @throws IllegalStateException if another process has the folder
   */
  BlobCache(Path root, long budget) {
    this.root = root;
    this.partial = root.resolve("partial");
    this.budget = budget;
    this.lock = FolderLock.take(root, this::prepare);
  }

  private void prepare() throws IOException {
    DurableFiles.makeEmpty(partial);
    adopt();
  }

  private record Present(String path, long bytes, FileTime time) {}

  private void adopt() throws IOException {
    List<Present> found;
    try (Stream<Path> all = Files.walk(root)) {
      found =
          all.filter(file -> BlobKind.digest(file.toString()) != null)
              .map(this::present)
              .sorted(Comparator.comparing(Present::time))
              .toList();
    }
    for (Present file : found) {
      Entry entry = new Entry();
      entry.bytes = file.bytes();
      entries.put(file.path(), entry);
      used += file.bytes();
    }
    makeRoom(0);
  }

  private Present present(Path file) {
    try {
      return new Present(
          root.relativize(file).toString(), Files.size(file), Files.getLastModifiedTime(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a blob here, fetching it if it is not here or not right.
   *
   * @param path of the blob in the store, and in this folder
   * @param check throws an IOException if a file is not what it should be
   * @param reading of a file that was checked; what it maps stays readable
   */
  <T> T read(String path, Source source, Reading<?> check, Reading<T> reading) throws IOException {
    Entry entry = enter(path);
    try {
      synchronized (entry) {
        if (!isRight(path, entry, check)) {
          fetch(path, entry, source, check);
        }
        return reading.read(root.resolve(path));
      }
    } finally {
      leave(path, entry);
    }
  }

  private boolean isRight(String path, Entry entry, Reading<?> check) {
    Path file = root.resolve(path);
    if (entry.bytes == 0) {
      return false;
    }
    try {
      if (Files.size(file) != entry.bytes) {
        throw new IOException("its length has changed");
      }
      if (!entry.checked) {
        check.read(file);
        entry.checked = true;
      }
      return true;
    } catch (IOException e) {
      log.warn("{} is fetched anew: {}", file, e.getMessage());
      return false;
    }
  }

  private void fetch(String path, Entry entry, Source source, Reading<?> check) throws IOException {
    drop(path, entry);
    Incoming incoming = source.open();
    Path beside = partial.resolve(Ids.next().toString());
    try (InputStream stream = incoming.stream()) {
      makeRoom(incoming.bytes());
      Files.copy(stream, beside);
      if (Files.size(beside) != incoming.bytes()) {
        throw new IOException(path + " was cut short on its way");
      }
      check.read(beside);
      Path file = root.resolve(path);
      Files.createDirectories(file.resolveSibling(""));
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
    entry.checked = true;
    synchronized (this) {
      entry.bytes = incoming.bytes();
      used += incoming.bytes();
    }
  }

  /** Forgets a blob that is no longer kept anywhere. */
  void forget(String path) throws IOException {
    Entry entry = enter(path);
    try {
      synchronized (entry) {
        drop(path, entry);
      }
    } finally {
      leave(path, entry);
    }
  }

  private void drop(String path, Entry entry) throws IOException {
    Files.deleteIfExists(root.resolve(path));
    entry.checked = false;
    synchronized (this) {
      used -= entry.bytes;
      entry.bytes = 0;
    }
  }

  private synchronized Entry enter(String path) {
    Entry entry = entries.computeIfAbsent(path, p -> new Entry());
    entry.users++;
    return entry;
  }

  private synchronized void leave(String path, Entry entry) {
    entry.users--;
    if (entry.users == 0 && entry.bytes == 0) {
      entries.remove(path, entry);
    }
    makeRoom(0); // what was larger than the budget leaves with its reader
  }

  private synchronized void makeRoom(long bytes) {
    Iterator<Map.Entry<String, Entry>> eldest = entries.entrySet().iterator();
    while (used + bytes > budget && eldest.hasNext()) {
      Map.Entry<String, Entry> candidate = eldest.next();
      Entry entry = candidate.getValue();
      if (entry.users == 0 && entry.bytes > 0) {
        eldest.remove();
        used -= entry.bytes;
        delete(root.resolve(candidate.getKey()));
      }
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("{} is left until the next start", file, e);
    }
  }

  /** Bytes of the files here. */
  synchronized long bytes() {
    return used;
  }

  @Override
  public void close() {
    lock.close();
  }
}
