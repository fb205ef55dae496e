package dev.heddle.registry.imports;

import dev.heddle.format.CodePoints;
import dev.heddle.registry.Actor;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.Jsonb;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Start;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows that say what is imported, and how that went. */
final class ImportRows {
  private static final int ERROR_CHARS_MAX = 2000;
  private static final String SELECT =
      """
      select tenant_id, version_id, source, revision, actor, state, files_total, bytes_total,
        array(select jsonb_array_elements_text(skipped)) as skipped, error
      from version_import
      """;

  private final RegistryDatabase db;
  private final Start self;

  ImportRows(RegistryDatabase db, Start self) {
    this.db = db;
    this.self = self;
  }

  void insert(Version version, String source, @Nullable String revision, String actor) {
    db.write(jdbc ->
        jdbc.sql(
                """
                insert into version_import
                  (tenant_id, version_id, source, revision, actor, owner, owner_epoch)
                values (:tenant, :version, :source, :revision, :actor, :owner, :epoch)
                """)
            .params(self.params())
            .param("tenant", version.tenantId())
            .param("version", version.id())
            .param("source", source)
            .param("revision", revision)
            .param("actor", actor)
            .update());
  }

  Optional<VersionImport> find(UUID tenant, UUID version) {
    return db.read(jdbc ->
        jdbc.sql(SELECT + " where tenant_id = :tenant and version_id = :version")
            .param("tenant", tenant)
            .param("version", version)
            .query(ImportRows::map)
            .optional());
  }

  /** Takes what earlier processes on this data folder left, and what has no owner; oldest first. */
  List<VersionImport> takeEarlier() {
    return taken("(owner is null or (owner = :owner and owner_epoch < :epoch))");
  }

  /**
   * Takes what processes left that are gone, but for versions that are being checked: those come
   * when the check has ended. A folder of a machine is there alone: its import waits for its owner.
   * Each is taken if it is as the statement finds it.
   */
  List<VersionImport> takeOfGone() {
    return taken(
        """
        owner <> :owner and not folder_lives(owner) and source not like 'file:%'
          and not exists (select from adapter_version v
            where v.id = version_id and v.state = 'VALIDATING')
        """);
  }

  private List<VersionImport> taken(String whose) {
    List<UUID> ids =
        db.write(jdbc ->
            jdbc.sql(
                    "update version_import set owner = :owner, owner_epoch = :epoch"
                        + " where state = 'RUNNING' and "
                        + whose
                        + " returning version_id")
                .params(self.params())
                .query((row, n) -> Columns.id(row, "version_id"))
                .list());
    return db.read(jdbc ->
        jdbc.sql(
                SELECT + " where version_id = any (:ids) and state = 'RUNNING' order by created_at")
            .param("ids", ids.toArray(UUID[]::new))
            .query(ImportRows::map)
            .list());
  }

  /** Whether an import runs, and is this process's still. */
  boolean isOwn(VersionImport running) {
    return db.read(jdbc ->
        jdbc.sql(
                "select exists (select from version_import"
                    + " where version_id = :version and state = 'RUNNING'"
                    + Start.OWNS
                    + ")")
            .param("version", running.versionId())
            .params(self.params())
            .query(Boolean.class)
            .single());
  }

  void listed(VersionImport running, int files, long bytes, List<String> skipped) {
    db.write(jdbc ->
        jdbc.sql(
                """
                update version_import set files_total = :files, bytes_total = :bytes,
                  skipped = cast(:skipped as jsonb), changed_at = now()
                where tenant_id = :tenant and version_id = :version and state = 'RUNNING'
                """
                    + Start.OWNS)
            .params(self.params())
            .param("files", files)
            .param("bytes", bytes)
            .param("skipped", Jsonb.write(skipped))
            .param("tenant", running.tenantId())
            .param("version", running.versionId())
            .update());
  }

  /** Ends an import, unless it has ended, or is another's: one that was cancelled stays so. */
  void end(VersionImport running, @Nullable String error) {
    db.write(jdbc ->
        jdbc.sql(
                """
                update version_import set state = :state, error = :error, changed_at = now()
                where tenant_id = :tenant and version_id = :version and state = 'RUNNING'
                """
                    + Start.OWNS)
            .params(self.params())
            .param("state", error == null ? "DONE" : "FAILED")
            .param("error", error == null ? null : brief(error))
            .param("tenant", running.tenantId())
            .param("version", running.versionId())
            .update());
  }

  /** Lets an import that has failed go on, if its version is open still; false if not. */
  boolean restart(Actor actor, Version version) {
    return db.write(jdbc -> {
      int restarted =
          jdbc.sql(
                  """
                  with open as (
                    select id from adapter_version
                    where tenant_id = :tenant and id = :version and state = 'UPLOADING' for share)
                  update version_import i
                  set state = 'RUNNING', error = null, changed_at = now(),
                    owner = :owner, owner_epoch = :epoch
                  from open
                  where i.tenant_id = :tenant and i.version_id = open.id and i.state = 'FAILED'
                  """)
              .param("tenant", version.tenantId())
              .param("version", version.id())
              .params(self.params())
              .update();
      if (restarted > 0) {
        AuditLog.write(
            jdbc,
            actor,
            version.tenantId(),
            "version.import",
            version.label(),
            Map.of("state", VersionImport.State.FAILED),
            Map.of("state", VersionImport.State.RUNNING));
      }
      return restarted > 0;
    });
  }

  private static String brief(String error) {
    return CodePoints.brief(error, ERROR_CHARS_MAX);
  }

  private static VersionImport map(ResultSet row, int n) throws SQLException {
    String[] skipped = (String[]) row.getArray("skipped").getArray();
    return new VersionImport(
        Columns.id(row, "tenant_id"),
        Columns.id(row, "version_id"),
        row.getString("source"),
        row.getString("revision"),
        row.getString("actor"),
        VersionImport.State.valueOf(row.getString("state")),
        row.getObject("files_total", Integer.class),
        row.getObject("bytes_total", Long.class),
        Arrays.asList(skipped),
        row.getString("error"));
  }
}
