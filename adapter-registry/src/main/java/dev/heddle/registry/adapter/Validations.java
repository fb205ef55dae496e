package dev.heddle.registry.adapter;

import dev.heddle.format.Digest;
import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.Jsonb;
import dev.heddle.registry.replica.Start;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/** The rows of versions that are being validated, each with who does it. */
final class Validations {
  private final Start self;

  Validations(Start self) {
    this.self = self;
  }

  void begin(JdbcClient jdbc, Version version, Actor actor) {
    own(jdbc.sql(
            """
            insert into validation (version_id, tenant_id, actor, owner, owner_epoch)
            values (:version, :tenant, :actor, :owner, :epoch)
            """))
        .param("version", version.id())
        .param("tenant", version.tenantId())
        .param("actor", actor.name())
        .update();
  }

  void stored(JdbcClient jdbc, Version version, StoredVersion stored) {
    int updated =
        own(jdbc.sql(
                """
                update validation set stored = cast(:stored as jsonb)
                where version_id = :version
                """
                    + Start.OWNS))
            .param("stored", Jsonb.write(StoredText.of(stored)))
            .param("version", version.id())
            .update();
    requireOwned(updated, version);
  }

  /**
   * Ends a validation of this process's own.
   *
   * @throws ConflictException {@link VersionStates#TAKEN} if it is not, or not any more
   */
  void end(JdbcClient jdbc, Version version) {
    int removed =
        own(jdbc.sql("delete from validation where version_id = :version" + Start.OWNS))
            .param("version", version.id())
            .update();
    requireOwned(removed, version);
  }

  /**
   * Makes rows and states of versions agree: a process of an earlier release knows no rows, and may
   * have run beside or after those that do.
   */
  void repair(JdbcClient jdbc) {
    jdbc.sql(
            """
            delete from validation x using adapter_version v
            where v.id = x.version_id and v.state <> 'VALIDATING'
            """)
        .update();
    jdbc.sql(
            """
            insert into validation (version_id, tenant_id, actor)
              select v.id, v.tenant_id, 'system' from adapter_version v
              where v.state = 'VALIDATING'
                and not exists (select from validation x where x.version_id = v.id)
            on conflict do nothing
            """)
        .update();
  }

  /** Takes those of earlier processes on this data folder, and those without an owner. */
  List<Version> takeEarlier(JdbcClient jdbc) {
    List<UUID> taken =
        own(jdbc.sql(
                """
                update validation set owner = :owner, owner_epoch = :epoch
                where owner is null or (owner = :owner and owner_epoch < :epoch)
                returning version_id
                """))
            .query((row, n) -> Columns.id(row, "version_id"))
            .list();
    return taken.stream().sorted().map(id -> VersionRows.get(jdbc, id)).toList();
  }

  private record Row(UUID version, Actor actor, @Nullable Start owner, @Nullable String stored) {}

  /** Those of processes that are gone, and those without an owner. */
  List<CutValidation> cut(JdbcClient jdbc) {
    List<Row> rows = rowsOfGone(jdbc);
    return rows.stream()
        .map(row ->
            new CutValidation(
                VersionRows.get(jdbc, row.version()), row.actor(), row.owner(), read(row.stored())))
        .toList();
  }

  private static @Nullable StoredVersion read(@Nullable String stored) {
    return stored == null ? null : Jsonb.read(stored, new TypeReference<StoredText>() {}).stored();
  }

  private List<Row> rowsOfGone(JdbcClient jdbc) {
    return jdbc.sql(
            """
            select version_id, actor, owner, owner_epoch, cast(stored as text) as stored
            from validation
            where owner is distinct from :owner
              and not folder_lives(owner)
            order by version_id
            """)
        .param("owner", self.replica())
        .query((row, n) ->
            new Row(
                Columns.id(row, "version_id"),
                new Actor(row.getString("actor")),
                Start.ofNullable(row.getObject("owner", UUID.class), row.getLong("owner_epoch")),
                row.getString("stored")))
        .list();
  }

  boolean take(JdbcClient jdbc, CutValidation cut) {
    Start was = cut.owner();
    return own(jdbc.sql(
                """
                update validation set owner = :owner, owner_epoch = :epoch
                where version_id = :version and owner is not distinct from :was
                  and owner_epoch is not distinct from :wasEpoch
                  and not folder_lives(owner)
                """))
            .param("version", cut.version().id())
            .param("was", was == null ? null : was.replica(), Types.OTHER)
            .param("wasEpoch", was == null ? null : was.epoch(), Types.BIGINT)
            .update()
        > 0;
  }

  private JdbcClient.StatementSpec own(JdbcClient.StatementSpec statement) {
    return statement.params(self.params());
  }

  private static void requireOwned(int rows, Version version) {
    if (rows == 0) {
      throw new ConflictException(
          "version-taken", version.label() + " is not checked by this replica any more");
    }
  }

  /** A {@link StoredVersion} as it is written. */
  private record StoredText(
      String adapter, Map<String, Long> blobs, List<DocumentText> documents, int golden) {
    private record DocumentText(String path, long bytes, String sha256) {}

    static StoredText of(StoredVersion stored) {
      return new StoredText(
          stored.adapter().hex(),
          stored.blobs().entrySet().stream()
              .collect(Collectors.toMap(blob -> blob.getKey().hex(), Map.Entry::getValue)),
          stored.documents().stream()
              .map(file -> new DocumentText(file.path(), file.bytes(), file.sha256().hex()))
              .toList(),
          stored.golden());
    }

    StoredVersion stored() {
      return new StoredVersion(
          new Digest(adapter),
          blobs.entrySet().stream()
              .collect(Collectors.toMap(blob -> new Digest(blob.getKey()), Map.Entry::getValue)),
          documents.stream()
              .map(
                  file -> new VersionDocument(file.path(), file.bytes(), new Digest(file.sha256())))
              .toList(),
          golden);
    }
  }
}
