package dev.heddle.registry.upload;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Start;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rows that say which files a version has, and under which id their bytes lie. */
final class FileRows {
  /** A row, and the bytes it stands for. */
  record Row(UUID storageId, UploadedFile file) {}

  private final RegistryDatabase db;
  private final Start self;

  FileRows(RegistryDatabase db, Start self) {
    this.db = db;
    this.self = self;
  }

  List<Row> of(UUID version) {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select path, bytes, sha256, stored_at, storage_id from version_file
                where version_id = :version order by path
                """)
            .param("version", version)
            .query(FileRows::map)
            .list());
  }

  /**
   * Makes an upload a version's file, in place of one of the same path.
   *
   * @return storage id of the one replaced
   * @throws ConflictException {@code version-state} if the version is not uploading any more,
   *     {@code upload-gone} if the upload was given up
   */
  Optional<UUID> put(Version version, UUID upload, UploadedFile file) {
    return db.write(jdbc -> {
      UploadRows.lockUploading(jdbc, version);
      finish(jdbc, upload, file);
      Optional<UUID> replaced = storageId(jdbc, version, file.path());
      insert(jdbc, version, upload, file);
      replaced.ifPresent(
          id -> jdbc.sql("delete from upload where id = :id").param("id", id).update());
      return replaced;
    });
  }

  private void finish(JdbcClient jdbc, UUID upload, UploadedFile file) {
    int finished =
        jdbc.sql(
                """
                update upload set state = 'WHOLE', bytes = :bytes, received = :bytes,
                  sha256 = :sha256, expires_at = null
                where id = :id and state <> 'WHOLE'
                """
                    + Start.OWNS)
            .params(self.params())
            .param("bytes", file.bytes())
            .param("sha256", file.sha256().bytes())
            .param("id", upload)
            .update();
    if (finished == 0) {
      throw new ConflictException("upload-gone", "the upload of " + file.path() + " was given up");
    }
  }

  private static Optional<UUID> storageId(JdbcClient jdbc, Version version, String path) {
    return jdbc.sql(
            "select storage_id from version_file where version_id = :version and path = :path")
        .param("version", version.id())
        .param("path", path)
        .query((row, n) -> Columns.id(row, "storage_id"))
        .optional();
  }

  private static void insert(JdbcClient jdbc, Version version, UUID upload, UploadedFile file) {
    jdbc.sql(
            """
            insert into version_file
              (version_id, tenant_id, path, bytes, sha256, storage_id, stored_at)
            values (:version, :tenant, :path, :bytes, :sha256, :storage, :stored)
            on conflict (version_id, path) do update set bytes = excluded.bytes,
              sha256 = excluded.sha256, storage_id = excluded.storage_id,
              stored_at = excluded.stored_at
            """)
        .param("version", version.id())
        .param("tenant", version.tenantId())
        .param("path", file.path())
        .param("bytes", file.bytes())
        .param("sha256", file.sha256().bytes())
        .param("storage", upload)
        .param("stored", Columns.parameter(file.storedAt()))
        .update();
  }

  private static Row map(ResultSet row, int n) throws SQLException {
    return new Row(
        Columns.id(row, "storage_id"),
        new UploadedFile(
            row.getString("path"),
            row.getLong("bytes"),
            Columns.digest(row, "sha256"),
            Columns.instant(row, "stored_at")));
  }
}
