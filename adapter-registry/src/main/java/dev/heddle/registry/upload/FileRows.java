package dev.heddle.registry.upload;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The rows that say which files a version has, and under which id their bytes lie. */
final class FileRows {
  /** A row, and the bytes it stands for. */
  record Row(UUID storageId, UploadedFile file) {}

  private final RegistryDatabase db;

  FileRows(RegistryDatabase db) {
    this.db = db;
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
   * Puts a file in place of one of the same path.
   *
   * @return the storage id and bytes of the one replaced
   * @throws ConflictException {@code version-state} if the version is not uploading any more
   */
  Optional<Row> put(Version version, UUID storageId, UploadedFile file) {
    return db.write(jdbc -> {
      Optional<Row> replaced =
          jdbc.sql(
                  """
                  select path, bytes, sha256, stored_at, storage_id from version_file
                  where version_id = :version and path = :path for update
                  """)
              .param("version", version.id())
              .param("path", file.path())
              .query(FileRows::map)
              .optional();
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
          .param("storage", storageId)
          .param("stored", Columns.parameter(file.storedAt()))
          .update();
      return replaced;
    });
  }

  /** Storage ids that an unfinished upload needs, of all versions. */
  Set<UUID> needed() {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select f.storage_id from version_file f
                  join adapter_version v on v.id = f.version_id
                where v.state in ('UPLOADING', 'VALIDATING')
                """)
            .query((row, n) -> Columns.id(row, "storage_id"))
            .set());
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
