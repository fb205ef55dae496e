package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.ElsewhereException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.QuotaExceededException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Start;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The rows that say which files lie in the upload area, on their way or whole. A row is there
 * before its file, and limits are checked with it: what has no room gets no byte.
 */
final class UploadRows {
  /** What {@code upload.state} has. */
  enum State {
    /** Comes in one request; gone if that ends early. */
    PLAIN,
    /** Comes in several requests, over restarts too. */
    RESUMABLE,
    /** Is a version's file. */
    WHOLE
  }

  /**
   * A row.
   *
   * @param bytes the file has, or will have
   * @param received how many were acknowledged
   * @param sha256 what it has to be, where that was said
   */
  record Row(
      UUID id,
      String path,
      State state,
      long bytes,
      long received,
      @Nullable Digest sha256,
      String metadata,
      @Nullable Instant expiresAt) {}

  private static final String SELECT =
      """
      select id, path, state, bytes, received, sha256, metadata, expires_at from upload
      where version_id = :version\
      """;

  private final RegistryDatabase db;
  private final UploadLimits limits;
  private final Start self;

  UploadRows(RegistryDatabase db, UploadLimits limits, Start self) {
    this.db = db;
    this.limits = limits;
    this.self = self;
  }

  /**
   * Adds a file that is to come, if there is room.
   *
   * @throws InvalidException {@code version-too-large}, {@code too-many-files}
   * @throws QuotaExceededException if the tenant has no room
   * @throws ConflictException {@code version-state} if the version is not uploading any more
   * @throws ElsewhereException if the version's files lie at another replica
   */
  void add(Version version, Row row) {
    db.write(jdbc -> {
      lockUploading(jdbc, version);
      requireHere(jdbc, version);
      jdbc.sql(
              """
              insert into upload
                (id, tenant_id, version_id, path, state, bytes, sha256, metadata, expires_at,
                 owner, owner_epoch)
              values
                (:id, :tenant, :version, :path, :state, :bytes, :sha256, :metadata, :expires,
                 :owner, :epoch)
              """)
          .param("id", row.id())
          .param("tenant", version.tenantId())
          .param("version", version.id())
          .param("path", row.path())
          .param("state", row.state().name())
          .param("bytes", row.bytes())
          .param("sha256", row.sha256() == null ? null : row.sha256().bytes())
          .param("metadata", row.metadata())
          .param("expires", Columns.parameter(row.expiresAt()))
          .params(self.params())
          .update();
      requireRoom(jdbc, version);
      return row;
    });
  }

  /**
   * Reserves more for a file whose length is not known.
   *
   * @throws RuntimeException as {@link #add}
   */
  void grow(Version version, UUID id, long bytes) {
    db.write(jdbc -> {
      lockUploading(jdbc, version);
      int grown =
          jdbc.sql(
                  "update upload set bytes = :bytes where id = :id and state = 'PLAIN'"
                      + Start.OWNS)
              .param("bytes", bytes)
              .param("id", id)
              .params(self.params())
              .update();
      requireRoom(jdbc, version);
      return grown;
    });
  }

  /** Finds a file of a version, on its way or whole. */
  Optional<Row> find(UUID version, UUID id) {
    return db.read(jdbc ->
        jdbc.sql(SELECT + " and id = :id")
            .param("version", version)
            .param("id", id)
            .query(UploadRows::map)
            .optional());
  }

  /** Files of a version that come in several requests and are not whole, oldest first. */
  List<Row> resumable(UUID version) {
    return db.read(jdbc ->
        jdbc.sql(SELECT + " and state = 'RESUMABLE' order by id")
            .param("version", version)
            .query(UploadRows::map)
            .list());
  }

  /** Says that more of a resumable file is on disk; false if it is given up, or another's now. */
  boolean received(UUID id, long bytes, Instant expires) {
    return db.write(jdbc ->
        jdbc.sql(
                """
                update upload set received = :received, expires_at = :expires
                where id = :id and state = 'RESUMABLE'
                """
                    + Start.OWNS)
            .params(self.params())
            .param("received", bytes)
            .param("expires", Columns.parameter(expires))
            .param("id", id)
            .update())
        == 1;
  }

  /** Removes a file that is not whole; false if there is none. */
  boolean remove(UUID id) {
    return db.write(jdbc ->
        jdbc.sql("delete from upload where id = :id and state <> 'WHOLE'").param("id", id).update())
        == 1;
  }

  /**
   * Takes the rows of earlier starts on this data folder, and those without an owner whose bytes
   * are here. Files that came in one request cannot be gone on with: they are removed.
   *
   * @param present ids of the files in the folder
   */
  void recover(Collection<UUID> present) {
    db.write(jdbc -> {
      jdbc.sql(
              """
              update upload set owner = :owner, owner_epoch = :epoch
              where owner = :owner or (owner is null and (id = any (:present)
                or state = 'PLAIN' or (state = 'RESUMABLE' and received = 0)))
              """)
          .params(self.params())
          .param("present", present.toArray(UUID[]::new))
          .update();
      return jdbc.sql("delete from upload where state = 'PLAIN'" + Start.OWNS)
          .params(self.params())
          .update();
    });
  }

  /** Removes what a process that is gone was receiving in one request; how many. */
  int removePlainOfGone() {
    return db.write(jdbc ->
        jdbc.sql(
                """
                delete from upload where state = 'PLAIN' and owner is not null
                  and owner <> :owner and not folder_lives(owner)
                """)
            .param("owner", self.replica())
            .update());
  }

  /** Id of the replica that has a version's files; empty if it has none, or nobody has them. */
  Optional<UUID> owner(UUID version) {
    return db.read(jdbc ->
        jdbc.sql(
                "select owner from upload where version_id = :version and owner is not null limit"
                    + " 1")
            .param("version", version)
            .query((row, n) -> Columns.id(row, "owner"))
            .optional());
  }

  /**
   * Does nothing if all files of a version lie in this process's folder.
   *
   * @throws ElsewhereException naming the replica that has some
   */
  void requireHere(Version version) {
    db.read(jdbc -> {
      requireHere(jdbc, version);
      return version;
    });
  }

  private void requireHere(JdbcClient jdbc, Version version) {
    jdbc.sql(
            """
            select u.owner, r.name, coalesce(replica_lives(u.owner, u.owner_epoch), false) as lives
            from upload u left join replica r on r.id = u.owner
            where u.version_id = :version and u.owner is distinct from :owner limit 1
            """)
        .param("version", version.id())
        .param("owner", self.replica())
        .query((row, n) ->
            new ElsewhereException(
                "the files of " + version.label(),
                row.getObject("owner", UUID.class),
                row.getString("name"),
                row.getBoolean("lives")))
        .optional()
        .ifPresent(elsewhere -> {
          throw elsewhere;
        });
  }

  /** Gives up a version's files that lie at processes that are gone; how many. */
  int removeOfGone(UUID version) {
    return db.write(jdbc -> {
      List<UUID> gone =
          jdbc.sql(
                  """
                  select id from upload where version_id = :version
                    and owner is distinct from :owner
                    and not folder_lives(owner)
                  """)
              .param("version", version)
              .param("owner", self.replica())
              .query((row, n) -> Columns.id(row, "id"))
              .list();
      UUID[] ids = gone.toArray(UUID[]::new);
      jdbc.sql("delete from version_file where storage_id = any (:ids)").param("ids", ids).update();
      return jdbc.sql("delete from upload where id = any (:ids)").param("ids", ids).update();
    });
  }

  /** Removes resumable files whose time is over, by the database's clock. */
  int removeExpired() {
    return db.write(jdbc ->
        jdbc.sql("delete from upload where state = 'RESUMABLE' and expires_at < now()").update());
  }

  /** Ids of all files that belong to somebody. */
  Set<UUID> all() {
    return db.read(
        jdbc -> jdbc.sql("select id from upload").query((row, n) -> Columns.id(row, "id")).set());
  }

  /** Makes all other changes of the version's files wait. */
  static void lockUploading(JdbcClient jdbc, Version version) {
    boolean uploading =
        jdbc.sql("select state = 'UPLOADING' from adapter_version where id = :id for no key update")
            .param("id", version.id())
            .query(Boolean.class)
            .single();
    if (!uploading) {
      throw notUploading(version);
    }
  }

  static ConflictException notUploading(Version version) {
    return new ConflictException("version-state", version.label() + " takes no files any more");
  }

  private void requireRoom(JdbcClient jdbc, Version version) {
    record Held(long bytes, int files) {}
    Held held =
        jdbc.sql(
                """
                select coalesce(sum(bytes), 0) as bytes, count(*) as files from upload
                where version_id = :version
                """)
            .param("version", version.id())
            .query((row, n) -> new Held(row.getLong("bytes"), row.getInt("files")))
            .single();
    if (held.bytes() > limits.versionBytesMax()) {
      throw new InvalidException(
          "version-too-large",
          "files",
          "the files of a version have at most " + limits.versionBytesMax() + " bytes together");
    }
    if (held.files() > limits.filesMax()) {
      throw new InvalidException(
          "too-many-files", "files", "a version has at most " + limits.filesMax() + " files");
    }
  }

  private static Row map(ResultSet row, int n) throws SQLException {
    return new Row(
        Columns.id(row, "id"),
        row.getString("path"),
        State.valueOf(row.getString("state")),
        row.getLong("bytes"),
        row.getLong("received"),
        Columns.digestOrNull(row, "sha256"),
        row.getString("metadata"),
        Columns.instantOrNull(row, "expires_at"));
  }
}
