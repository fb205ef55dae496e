package dev.heddle.registry.backup;

import dev.heddle.registry.db.OwnerDatabase;
import dev.heddle.registry.disk.DurableFiles;
import dev.heddle.registry.store.BlobFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Puts a backup where nothing is: blobs first, rows last, so that what broke off can be begun
 * again. Nobody else may use database, store or data folder meanwhile.
 */
public final class Restore {
  private Restore() {}

  /**
   * Restores a backup.
   *
   * @param db has no schema yet
   * @param store empty, or of the same installation; what it has already stays
   * @param data the data folder
   * @throws IllegalStateException if the backup is not whole, was made by a newer program, or
   *     something is there already
   */
  public static BackupManifest put(OwnerDatabase db, BlobFiles store, Path data, Path backup)
      throws IOException {
    BackupManifest manifest = BackupManifest.read(backup);
    requireKnown(db, manifest);
    requireEmpty(db, store, manifest);
    copyBlobs(store, backup);
    copyFiles(BackupManifest.uploads(backup), data.resolve("uploads/files"));
    copyFiles(BackupManifest.secrets(backup), data);
    fill(db, backup, manifest);
    return manifest;
  }

  private static void requireKnown(OwnerDatabase db, BackupManifest manifest) {
    if (Integer.parseInt(manifest.schema()) > Integer.parseInt(db.newestSchema())) {
      throw new IllegalStateException(
          "the backup has the schema "
              + manifest.schema()
              + ", and this Heddle knows it up to "
              + db.newestSchema()
              + ": use the program that made it, or a newer one");
    }
  }

  private static void requireEmpty(OwnerDatabase db, BlobFiles store, BackupManifest manifest)
      throws IOException {
    if (db.state().schema() != null) {
      throw new IllegalStateException(
          "the database is not empty; a backup is restored into one that was just created");
    }
    String installation = store.installation();
    if (installation != null && !installation.equals(manifest.installation().toString())) {
      throw new IllegalStateException(
          "the store of experts belongs to the installation "
              + installation
              + ", the backup is of "
              + manifest.installation());
    }
  }

  private static void copyBlobs(BlobFiles store, Path backup) throws IOException {
    Set<BlobFiles.Blob> there = new HashSet<>();
    store.list(there::add);
    Path beside = BackupManifest.blobs(backup);
    Path checked = Files.createTempFile("heddle-restore", ".blob");
    try (BlobFiles copies = BlobFiles.in(beside)) {
      copies.list(blob -> {
        if (!there.contains(blob)) {
          copies.read(blob.kind(), blob.digest(), checked);
          store.write(blob.kind(), blob.digest(), checked);
        }
      });
    } finally {
      Files.deleteIfExists(checked);
    }
  }

  private static void copyFiles(Path source, Path target) throws IOException {
    Files.createDirectories(target);
    List<Path> files;
    try (Stream<Path> all = Files.list(source)) {
      files = all.toList();
    }
    for (Path file : files) {
      Files.copy(file, target.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
    DurableFiles.syncFolder(target);
  }

  private static void fill(OwnerDatabase db, Path backup, BackupManifest manifest)
      throws IOException {
    db.makeSchema(manifest.schema());
    try {
      db.change(() -> {
        TableCopies.read(db, backup, manifest.tables());
        return manifest;
      });
    } catch (IOException | RuntimeException e) {
      undo(db, e);
      throw e;
    }
    db.bringUpToDate();
  }

  /** The schema is this call's own. */
  private static void undo(OwnerDatabase db, Exception cause) {
    try {
      db.dropSchema();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }
}
