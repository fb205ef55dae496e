package dev.heddle.registry.backup;

import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.OwnerDatabase;
import dev.heddle.registry.store.BlobFiles;
import dev.heddle.registry.store.DamagedBlobException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Copies of everything that a platform keeps: the registry's rows as of one moment, the blobs that
 * its ready versions need, the bytes of unfinished uploads, and the secrets of the data folder. A
 * platform may run meanwhile. Each blob is checked against its digest as it is copied.
 */
public final class Backup {
  /** Files of the data folder that nobody can make again. */
  static final List<String> SECRETS = List.of("admin.key");

  private static final int NAMED_MAX = 10;

  private Backup() {}

  /**
   * What lies beside the rows.
   *
   * @param lost files of unfinished uploads that are not in the data folder
   */
  public record Taken(BackupManifest manifest, int uploads, int lost) {}

  /** An upload of which so many bytes were acknowledged. */
  private record UploadedBytes(UUID id, long received) {}

  private record Picture(
      String schema,
      UUID installation,
      List<BackupManifest.Table> tables,
      List<BlobFiles.Blob> needed,
      List<UploadedBytes> uploads) {}

  /**
   * Takes a backup.
   *
   * @param data the data folder; its files are left out where it is not there
   * @param target absent or empty; whole only when this returns
   * @throws IllegalStateException if the target has something in it, the schema is not that of this
   *     program, or blobs are missing or damaged
   */
  public static Taken take(OwnerDatabase db, BlobFiles store, Path data, Path target)
      throws IOException {
    requireEmpty(target);
    Files.createDirectories(target);
    Picture picture = db.consistently(() -> look(db, target));
    long bytes = copyBlobs(store, picture.needed(), BackupManifest.blobs(target));
    int lost = copyUploads(data, picture.uploads(), BackupManifest.uploads(target));
    copySecrets(data, BackupManifest.secrets(target));
    BackupManifest manifest =
        new BackupManifest(
            Instant.now(),
            picture.schema(),
            picture.installation(),
            picture.tables(),
            picture.needed().size(),
            bytes);
    manifest.write(target);
    return new Taken(manifest, picture.uploads().size() - lost, lost);
  }

  private static void requireEmpty(Path target) throws IOException {
    if (Files.notExists(target)) {
      return;
    }
    try (Stream<Path> entries = Files.list(target)) {
      if (entries.findAny().isPresent()) {
        throw new IllegalStateException(target + " has something in it; choose an empty folder");
      }
    }
  }

  private static Picture look(OwnerDatabase db, Path target) throws IOException, SQLException {
    OwnerDatabase.State state = db.state();
    String schema = state.schema();
    if (schema == null || state.newer() || state.failed()) {
      throw new IllegalStateException(
          "the database has no schema that this Heddle knows; use the program that runs on it");
    }
    List<UploadedBytes> uploads =
        db.read(jdbc ->
            jdbc.sql("select id, received from upload where state in ('RESUMABLE', 'WHOLE')")
                .query(
                    (row, n) -> new UploadedBytes(Columns.id(row, "id"), row.getLong("received")))
                .list());
    return new Picture(
        schema, db.installation(), TableCopies.write(db, target), NeededBlobs.of(db), uploads);
  }

  private static long copyBlobs(BlobFiles store, List<BlobFiles.Blob> needed, Path target)
      throws IOException {
    Path beside = Files.createDirectories(target).resolve("copying");
    List<String> bad = new ArrayList<>();
    long bytes = 0;
    try (BlobFiles copies = BlobFiles.in(target)) {
      for (BlobFiles.Blob blob : needed) {
        try {
          store.read(blob.kind(), blob.digest(), beside);
          bytes += Files.size(beside);
          copies.write(blob.kind(), blob.digest(), beside);
        } catch (NoSuchFileException e) {
          bad.add(blob.digest().hex() + " is missing");
        } catch (DamagedBlobException e) {
          bad.add(blob.digest().hex() + " is damaged");
        }
      }
    }
    Files.deleteIfExists(beside);
    if (!bad.isEmpty()) {
      throw new IllegalStateException(
          "%d of %d blobs cannot be copied, so there is no backup: %s; see ./heddle doctor"
              .formatted(
                  bad.size(),
                  needed.size(),
                  String.join(", ", bad.subList(0, Math.min(bad.size(), NAMED_MAX)))));
    }
    return bytes;
  }

  /** How many are not there. */
  private static int copyUploads(Path data, List<UploadedBytes> uploads, Path target)
      throws IOException {
    Files.createDirectories(target);
    int lost = 0;
    for (UploadedBytes upload : uploads) {
      Path file = data.resolve("uploads/files").resolve(upload.id().toString());
      if (Files.notExists(file)) {
        lost += upload.received() > 0 ? 1 : 0; // one that has just been announced has none
        continue;
      }
      copyFirst(upload.received(), file, target.resolve(upload.id().toString()));
    }
    return lost;
  }

  private static void copyFirst(long bytes, Path file, Path copy) throws IOException {
    try (FileChannel source = FileChannel.open(file);
        FileChannel target =
            FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at = 0; at < bytes; ) {
        long moved = source.transferTo(at, bytes - at, target);
        if (moved <= 0) {
          throw new EOFException(file + " has lost bytes that were acknowledged");
        }
        at += moved;
      }
    }
  }

  private static void copySecrets(Path data, Path target) throws IOException {
    Files.createDirectories(target);
    for (String secret : SECRETS) {
      Path file = data.resolve(secret);
      if (Files.exists(file)) {
        Files.copy(file, target.resolve(secret));
      }
    }
  }
}
