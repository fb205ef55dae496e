package dev.heddle.registry.adapter;

import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Ids;
import dev.heddle.registry.Names;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Begins, reads and archives versions of adapters. {@link VersionStates} has the steps in between.
 */
public final class Versions {
  private final RegistryDatabase db;

  public Versions(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Begins a version with the next number, and the adapter with its first.
   *
   * @param base the model it is made from
   * @throws dev.heddle.registry.InvalidException if the name breaks the rule
   * @throws ConflictException {@code name-taken} by an alias or a base model, {@code
   *     adapter-archived}, {@code other-base}
   */
  public Version create(Actor actor, UUID tenant, String adapter, BaseModel base) {
    Names.require("adapter", adapter);
    return db.change(jdbc -> {
      UUID adapterId = Adapters.ensure(jdbc, actor, tenant, adapter, base);
      UUID id = Ids.next();
      int number = insert(jdbc, tenant, adapterId, id);
      AuditLog.write(
          jdbc,
          actor,
          tenant,
          "version.create",
          adapter + "@" + number,
          null,
          Map.of("state", VersionState.UPLOADING));
      return VersionRows.get(jdbc, id);
    });
  }

  /**
   * The number comes from the adapter's row, whose lock makes uploads of one adapter take turns.
   */
  private static int insert(JdbcClient jdbc, UUID tenant, UUID adapterId, UUID id) {
    int number =
        jdbc.sql(
                """
                update adapter set next_number = next_number + 1 where id = :id
                returning next_number - 1 as number
                """)
            .param("id", adapterId)
            .query((row, n) -> row.getInt("number"))
            .single();
    jdbc.sql(
            """
            insert into adapter_version (id, tenant_id, adapter_id, number)
            values (:id, :tenant, :adapter, :number)
            """)
        .param("id", id)
        .param("tenant", tenant)
        .param("adapter", adapterId)
        .param("number", number)
        .update();
    return number;
  }

  /**
   * Finds a version.
   *
   * @throws NotFoundException {@code version-not-found}
   */
  public Version get(UUID tenant, String adapter, int number) {
    return db.read(jdbc -> VersionRows.get(jdbc, tenant, adapter, number));
  }

  /**
   * Finds a version, whosever it is.
   *
   * @throws NotFoundException {@code version-not-found}
   */
  public Version get(UUID id) {
    return db.read(jdbc -> VersionRows.get(jdbc, id));
  }

  /**
   * An adapter's versions, the latest first.
   *
   * @throws NotFoundException {@code adapter-not-found}
   */
  public Page<Version> list(UUID tenant, String adapter, Page.Request page) {
    List<Version> rows =
        db.read(jdbc -> {
          AdapterRows.get(jdbc, tenant, adapter);
          return jdbc.sql(
                  VersionRows.SELECT
                      + """
                      where v.tenant_id = :tenant and a.name = :adapter
                        and (cast(:after as bigint) is null or v.number < :after)
                      order by v.number desc limit :rows
                      """)
              .param("tenant", tenant)
              .param("adapter", adapter)
              .param("after", page.afterNumber())
              .param("rows", page.rows())
              .query(VersionRows::map)
              .list();
        });
    return page.page(rows, version -> Integer.toString(version.number()));
  }

  /** The experts of a version, sorted by (layer, column); none until it is ready. */
  public List<TunedExpert> experts(UUID version) {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select layer, expert_column, digest from version_expert
                where version_id = :version order by layer, expert_column
                """)
            .param("version", version)
            .query((row, n) ->
                new TunedExpert(
                    row.getInt("layer"),
                    row.getInt("expert_column"),
                    Columns.digest(row, "digest")))
            .list());
  }

  /** The small files of a version, by path; none until it is ready. */
  public List<VersionDocument> documents(UUID version) {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select path, bytes, digest from version_document
                where version_id = :version order by path
                """)
            .param("version", version)
            .query((row, n) ->
                new VersionDocument(
                    row.getString("path"), row.getLong("bytes"), Columns.digest(row, "digest")))
            .list());
  }

  /**
   * Takes a version out of use. Archiving again changes nothing.
   *
   * @throws NotFoundException {@code version-not-found}
   * @throws ConflictException {@code version-published} while a name means it, or {@code
   *     version-state} while it is being validated
   */
  public Version archive(Actor actor, UUID tenant, String adapter, int number) {
    return db.change(jdbc -> {
      AdapterRows.lock(jdbc, tenant, adapter);
      Version version = VersionRows.get(jdbc, tenant, adapter, number);
      if (version.state() == VersionState.ARCHIVED) {
        return version;
      }
      VersionArchive.requireUnused(
          jdbc, "version-published", version.label(), List.of(version.id()));
      VersionRows.move(jdbc, version, VersionState.ARCHIVED);
      AuditLog.write(
          jdbc,
          actor,
          tenant,
          "version.archive",
          version.label(),
          Map.of("state", version.state()),
          Map.of("state", VersionState.ARCHIVED));
      return VersionRows.get(jdbc, version.id());
    });
  }
}
