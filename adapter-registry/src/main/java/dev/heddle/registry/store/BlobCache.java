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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies on the local disk of blobs that are kept elsewhere, so that they can be mapped. Bounded:
 * the longest unused leave first; one that leaves while it is mapped can be read on. Each file is
 * checked whenever it is read; one that is not what it should be is set aside in {@code
 * quarantine}, which keeps the latest few, and fetched anew. Safe for any thread.
 */
final class BlobCache implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(BlobCache.class);

  /** Damaged copies that are kept to be looked at. */
  private static final int SET_ASIDE_MOST = 8;

  /** A blob that is being fetched. */
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

  /** A file, or the place of one. Its lock is held while it is fetched or mapped. */
  private static final class Entry {
    volatile long bytes; // 0 while there is no file
    int users; // guarded by the cache
  }

  private final FolderLock lock;
  private final Path root;
  private final Path partial;
  private final long budget;
  private final DamageListener listener;
  private final Quarantine quarantine;
  private final Map<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long used;

  /**
   * Opens a folder that this process owns, with what is in it.
   *
   * @param budget most bytes the files may have, but for what is read while all others are too
   * @param listener is told of damaged copies
   * @throws IllegalStateException if another process has the folder
   */
  BlobCache(Path root, long budget, DamageListener listener) {
    this.root = root;
    this.partial = root.resolve("partial");
    this.budget = budget;
    this.listener = listener;
    this.quarantine = new Quarantine(root, SET_ASIDE_MOST);
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
   * @return what was read of a file that was checked; what it maps stays readable
   * @throws DamagedBlobException if what was fetched is not right either; it is not kept
   */
  <T> T read(BlobReading<T> reading, Source source) throws IOException {
    Entry entry = enter(reading.path());
    try {
      synchronized (entry) {
        T here = readHere(reading, entry);
        return here == null ? fetch(reading, entry, source) : here;
      }
    } finally {
      leave(reading.path(), entry);
    }
  }

  /** Reads a blob here if it is here and right; null otherwise. */
  <T> @Nullable T readHere(BlobReading<T> reading) throws IOException {
    Entry entry = enter(reading.path());
    try {
      synchronized (entry) {
        return readHere(reading, entry);
      }
    } finally {
      leave(reading.path(), entry);
    }
  }

  private <T> @Nullable T readHere(BlobReading<T> reading, Entry entry) throws IOException {
    if (entry.bytes == 0) {
      return null;
    }
    Path file = root.resolve(reading.path());
    try {
      return reading.open(file);
    } catch (DamagedBlobException e) {
      Path aside = quarantine.setAside(file, reading.digest());
      listener.found(
          new DamageListener.Damage(reading.kind(), reading.digest(), aside.toString(), true));
    } catch (IOException e) {
      log.warn("the cached copy {} cannot be read and is fetched again: {}", file, e.getMessage());
    }
    drop(reading.path(), entry);
    return null;
  }

  private <T> T fetch(BlobReading<T> reading, Entry entry, Source source) throws IOException {
    drop(reading.path(), entry);
    Incoming incoming = source.open();
    makeRoom(incoming.bytes());
    T read =
        receive(
            incoming,
            beside -> {
              T here = reading.open(beside);
              Path file = root.resolve(reading.path());
              Files.createDirectories(file.resolveSibling(""));
              Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
              return here;
            });
    synchronized (this) {
      entry.bytes = incoming.bytes();
      used += incoming.bytes();
    }
    return read;
  }

  /** Reads a blob where it is kept, whether it is here or not, and keeps nothing. */
  <T> T readPast(BlobReading<T> reading, Source source) throws IOException {
    return receive(source.open(), reading::open);
  }

  private <T> T receive(Incoming incoming, BlobReading.Content<T> content) throws IOException {
    Path beside = partial.resolve(Ids.next().toString());
    try (InputStream stream = incoming.stream()) {
      Files.copy(stream, beside);
      if (Files.size(beside) != incoming.bytes()) {
        throw new IOException("a blob was cut short on its way");
      }
      return content.of(beside);
    } finally {
      Files.deleteIfExists(beside);
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
      log.warn("{} could not be deleted, will try again at the next start", file, e);
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
