package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Ids;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.QuotaExceededException;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.db.Installation;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.disk.DurableFiles;
import dev.heddle.registry.disk.FolderIdentity;
import dev.heddle.registry.disk.FolderLock;
import dev.heddle.registry.replica.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of versions that are being uploaded, in a folder that this process owns. Bytes lie
 * under ids; the database says which file of which version each is, and whether it is complete, so
 * replacing one is a single step. A file without a row belongs to no upload. Safe for any thread.
 */
public final class UploadArea implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UploadArea.class);

  private final FolderLock lock;
  private final Path files;
  private final Path folders;
  private final FileRows versionFiles;
  private final UploadRows rows;
  private final UploadLimits limits;

  /** Given up while the database was away: their rows go at the next sweep. */
  private final Set<UUID> undropped = ConcurrentHashMap.newKeySet();

  /**
   * Opens the area, making it where it is missing. What a crash left is cleared: files that came in
   * one request and are not whole, and files that no unfinished upload has. Uploads of other
   * replicas are left alone.
   *
   * @param self who owns the folder
   * @throws IllegalStateException if another process has the folder, or it belongs to another
   *     database
   */
  public UploadArea(RegistryDatabase db, Path root, UploadLimits limits, Start self) {
    this.files = root.resolve("files");
    this.folders = root.resolve("folders");
    this.versionFiles = new FileRows(db, self);
    this.rows = new UploadRows(db, limits, self);
    this.limits = limits;
    this.lock = FolderLock.take(root, () -> prepare(root, Installation.id(db)));
  }

  private void prepare(Path root, UUID installation) throws IOException {
    FolderIdentity.claim(root, installation);
    DurableFiles.makeEmpty(folders);
    Files.createDirectories(files);
    rows.recover(present().stream().map(UploadArea::id).toList());
    removeStrays();
  }

  /**
   * Opens a file of a version for writing; one of the same name stays until the new one is
   * committed.
   *
   * @param bytes how many will come, -1 if that is not known
   * @throws InvalidException with everything wrong with the name, or that there is too much
   * @throws QuotaExceededException if the tenant has no room for them
   * @throws ConflictException {@code version-state} if the version is not uploading
   */
  public FileSink open(Version version, String path, long bytes) {
    UUID id = Ids.next();
    long reserved = Math.max(bytes, 0);
    add(version, new UploadRows.Row(id, path, UploadRows.State.PLAIN, reserved, 0, null, "", null));
    try {
      PartialFile file = PartialFile.open(file(id), PartialFile.Mark.start());
      return new FileSink(this, version, path, id, file, bytes);
    } catch (IOException e) {
      drop(id);
      throw UnavailableException.store(path + " cannot be written", e);
    }
  }

  /** Takes room for a file that is to come, if its name is right and there is any. */
  void add(Version version, UploadRows.Row row) {
    FileName.require(row.path());
    if (version.state() != VersionState.UPLOADING) {
      throw new ConflictException(
          "version-state", version.label() + " is " + version.state() + " and takes no files");
    }
    requireFileSize(row.path(), row.bytes());
    rows.add(version, row);
  }

  /** The files a version has, by name; also after the upload is over and the bytes are gone. */
  public List<UploadedFile> files(UUID version) {
    return versionFiles.of(version).stream().map(FileRows.Row::file).toList();
  }

  /** Removes the bytes of uploads that are over: finished, archived, given up. */
  public void sweep() {
    try {
      removeStrays();
    } catch (IOException | RegistryException e) {
      log.warn("Files of finished uploads could not be deleted, will try again", e);
    }
  }

  private List<Path> present() throws IOException {
    try (Stream<Path> all = Files.list(files)) {
      return all.toList();
    }
  }

  private static UUID id(Path file) {
    return UUID.fromString(file.getFileName().toString());
  }

  /** A row is there before its file; so a file without a row belongs to no upload. */
  private void removeStrays() throws IOException {
    for (UUID id : List.copyOf(undropped)) {
      rows.remove(id);
      undropped.remove(id);
    }
    List<Path> present = present();
    if (present.isEmpty()) {
      return;
    }
    Set<UUID> needed = rows.all();
    for (Path file : present) {
      if (!needed.contains(id(file))) {
        Files.deleteIfExists(file);
      }
    }
  }

  /**
   * Id of the replica that has a version's files, and alone takes more of them; empty if there are
   * none yet, or nobody who has started has them. Reads the database.
   */
  public Optional<UUID> owner(UUID version) {
    return rows.owner(version);
  }

  /**
   * Does nothing if all files of a version lie here.
   *
   * @throws dev.heddle.registry.ElsewhereException naming the replica that has some
   */
  public void requireHere(Version version) {
    rows.requireHere(version);
  }

  /** Gives up what replicas that are gone were receiving in one request. */
  public void giveUpOfGone() {
    int removed = rows.removePlainOfGone();
    if (removed > 0) {
      log.info("{} uploads ended with the replica that received them", removed);
    }
  }

  /** Gives up a version's files that lie at replicas that are gone, so that others may come. */
  public void giveUpOfGone(Version version) {
    int removed = rows.removeOfGone(version.id());
    if (removed > 0) {
      log.info("{} files of {} lay at a replica that is gone", removed, version.label());
    }
  }

  /** A folder with the version's files under their own names, until {@link #discardFolder}. */
  Path folder(UUID version) throws IOException {
    Path folder = folders.resolve(version.toString());
    DurableFiles.makeEmpty(folder);
    for (FileRows.Row row : versionFiles.of(version)) {
      Files.createLink(folder.resolve(row.file().path()), file(row.storageId()));
    }
    return folder;
  }

  void discardFolder(Path folder) {
    try {
      DurableFiles.deleteTree(folder);
    } catch (IOException e) {
      log.warn("{} could not be deleted, will try again at the next start", folder, e);
    }
  }

  void requireFileSize(String path, long bytes) {
    long most = limits.fileBytesMax(path);
    if (bytes > most) {
      throw new InvalidException("file-too-large", path, "has at most " + most + " bytes");
    }
  }

  static void requireDigest(String path, @Nullable Digest expected, Digest digest) {
    if (expected != null && !expected.equals(digest)) {
      throw new InvalidException("file-digest", path, "has the SHA-256 " + digest);
    }
  }

  UploadLimits limits() {
    return limits;
  }

  UploadRows rows() {
    return rows;
  }

  Path file(UUID id) {
    return files.resolve(id.toString());
  }

  /** Makes a file whose bytes are all on disk the version's. */
  void accept(Version version, UUID id, UploadedFile file) {
    versionFiles.put(version, id, file).ifPresent(replaced -> delete(file(replaced)));
  }

  /** Gives up a file that is not whole, now or when the database is back. */
  void drop(UUID id) {
    try {
      remove(id);
    } catch (RegistryException e) {
      undropped.add(id);
      log.warn("Upload {} is given up when the database is back: {}", id, e.getMessage());
    }
  }

  /** Gives up a file that is not whole. */
  void remove(UUID id) {
    if (rows.remove(id)) {
      delete(file(id));
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      log.warn("{} could not be deleted, will try again at the next sweep", file, e);
    }
  }

  @Override
  public void close() {
    lock.close();
  }
}
