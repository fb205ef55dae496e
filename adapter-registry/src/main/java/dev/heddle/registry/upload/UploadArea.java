package dev.heddle.registry.upload;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Ids;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.disk.DurableFiles;
import dev.heddle.registry.disk.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of versions that are being uploaded, in a folder that this process owns. Bytes lie
 * under ids; the database says which of them are which file of which version, so replacing one is a
 * single step. Safe for any thread.
 */
public final class UploadArea implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UploadArea.class);

  private final FolderLock lock;
  private final Path partial;
  private final Path files;
  private final Path folders;
  private final FileRows rows;
  private final UploadLimits limits;
  private final SpaceBook book;

  /**
   * Opens the area, making it where it is missing. What a crash left is cleared: files
   * half-written, and files that no unfinished upload has.
   *
   * @throws IllegalStateException if another process has the folder
   */
  public UploadArea(RegistryDatabase db, Path root, UploadLimits limits) {
    this.lock = FolderLock.take(root);
    this.partial = root.resolve("partial");
    this.files = root.resolve("files");
    this.folders = root.resolve("folders");
    this.rows = new FileRows(db);
    this.limits = limits;
    this.book = new SpaceBook(limits, rows::of);
    try {
      clear();
    } catch (IOException e) {
      lock.close();
      throw new UnavailableException("the upload area " + root + " cannot be opened", e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private void clear() throws IOException {
    DurableFiles.deleteTree(partial);
    DurableFiles.deleteTree(folders);
    for (Path folder : List.of(partial, files, folders)) {
      Files.createDirectories(folder);
    }
    Set<UUID> needed = rows.needed();
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.toList()) {
        if (!needed.contains(UUID.fromString(file.getFileName().toString()))) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * Opens a file of a version for writing; one of the same name stays until the new one is
   * committed.
   *
   * @param bytes how many will come, -1 if that is not known
   * @throws InvalidException with everything wrong with the name, or that there is too much
   * @throws ConflictException {@code version-state} if the version is not uploading
   */
  public FileSink open(Version version, String path, long bytes) {
    FileName.require(path);
    if (version.state() != VersionState.UPLOADING) {
      throw new ConflictException(
          "version-state", version.label() + " is " + version.state() + " and takes no files");
    }
    requireFileSize(path, bytes);
    long reserved = Math.max(bytes, 0);
    book.take(version.id(), reserved, 1);
    UUID id = Ids.next();
    try {
      return new FileSink(this, version, path, id, partial.resolve(id.toString()), bytes);
    } catch (IOException e) {
      book.release(version.id(), reserved, 1);
      throw new UnavailableException(path + " cannot be written", e);
    }
  }

  /** The files a version has, by name; also after the upload is over and the bytes are gone. */
  public List<UploadedFile> files(UUID version) {
    return rows.of(version).stream().map(FileRows.Row::file).toList();
  }

  /** Drops the bytes of a version's files, when its upload is over. */
  public void discard(UUID version) {
    try {
      rows.of(version).forEach(row -> delete(file(row.storageId())));
    } catch (RegistryException e) {
      log.warn("Files of the version {} are left until the next start", version, e);
    }
    book.forget(version);
  }

  /** A folder with the version's files under their own names, until {@link #discardFolder}. */
  Path folder(UUID version) throws IOException {
    Path folder = folders.resolve(version.toString());
    DurableFiles.deleteTree(folder);
    Files.createDirectory(folder);
    for (FileRows.Row row : rows.of(version)) {
      Files.createLink(folder.resolve(row.file().path()), file(row.storageId()));
    }
    return folder;
  }

  void discardFolder(Path folder) {
    try {
      DurableFiles.deleteTree(folder);
    } catch (IOException e) {
      log.warn("{} is left until the next start", folder, e);
    }
  }

  void requireFileSize(String path, long bytes) {
    long most = limits.fileBytesMax(path);
    if (bytes > most) {
      throw new InvalidException("file-too-large", path, "has at most " + most + " bytes");
    }
  }

  SpaceBook book() {
    return book;
  }

  /** Takes over a sink's file. Before the row is there, the bytes are nobody's. */
  void accept(Version version, UUID id, UploadedFile file) throws IOException {
    DurableFiles.rename(partial.resolve(id.toString()), file(id));
    Optional<FileRows.Row> replaced;
    try {
      synchronized (rows) { // two files of one name: the second sees the first as its forerunner
        replaced = rows.put(version, id, file);
      }
    } catch (RuntimeException e) {
      Files.deleteIfExists(file(id));
      throw e;
    }
    if (replaced.isPresent()) {
      book.release(version.id(), replaced.get().file().bytes(), 1);
      delete(file(replaced.get().storageId()));
    }
  }

  /** Forgets a sink's file. */
  void drop(Version version, UUID id, long reserved) {
    book.release(version.id(), reserved, 1);
    delete(partial.resolve(id.toString()));
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("{} is left until the next start", file, e);
    }
  }

  private Path file(UUID id) {
    return files.resolve(id.toString());
  }

  @Override
  public void close() {
    lock.close();
  }
}
