package dev.heddle.registry.adapter;

import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.Jsonb;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.Array;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Decides which version an adapter's name means. */
public final class Publishing {
  private final RegistryDatabase db;

  public Publishing(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Makes the adapter's name mean this version, from one request to the next. Publishing what is
   * published already changes nothing.
   *
   * @throws NotFoundException {@code version-not-found}
   * @throws ConflictException {@code version-not-ready}
   */
  public Adapter publish(Actor actor, UUID tenant, String adapter, int number) {
    return db.change(jdbc -> {
      Adapters.lock(jdbc, tenant, adapter);
      Version version = VersionRows.get(jdbc, tenant, adapter, number);
      if (version.state() != VersionState.READY) {
        throw new ConflictException(
            "version-not-ready",
            version.label() + " is " + version.state() + "; only a ready version is published");
      }
      Adapter before = Adapters.get(jdbc, tenant, adapter);
      if (!Integer.valueOf(number).equals(before.published())) {
        move(jdbc, actor, before, version);
      }
      return Adapters.get(jdbc, tenant, adapter);
    });
  }

  /**
   * Makes the adapter's name mean nothing; its versions stay callable by number and digest.
   *
   * @throws NotFoundException {@code adapter-not-found}
   */
  public Adapter unpublish(Actor actor, UUID tenant, String adapter) {
    return db.change(jdbc -> {
      Adapters.lock(jdbc, tenant, adapter);
      Adapter before = Adapters.get(jdbc, tenant, adapter);
      if (before.published() != null) {
        move(jdbc, actor, before, null);
      }
      return Adapters.get(jdbc, tenant, adapter);
    });
  }

  /**
   * What the adapter's name has meant, the latest first.
   *
   * @throws NotFoundException {@code adapter-not-found}
   */
  public Page<Publication> history(UUID tenant, String adapter, Page.Request page) {
    List<Publication> rows =
        db.read(jdbc -> {
          Adapters.get(jdbc, tenant, adapter);
          return jdbc.sql(
                  """
                  select revision, changed_at, changed_by,
                    array(select (target ->> 'number')::integer
                          from jsonb_array_elements(targets) target) as numbers
                  from alias_history
                  where tenant_id = :tenant and name = :adapter
                    and (cast(:after as bigint) is null or revision < :after)
                  order by revision desc limit :rows
                  """)
              .param("tenant", tenant)
              .param("adapter", adapter)
              .param("after", page.afterNumber())
              .param("rows", page.rows())
              .query((row, n) ->
                  new Publication(
                      row.getLong("revision"),
                      integers(row.getArray("numbers")),
                      Columns.instant(row, "changed_at"),
                      row.getString("changed_by")))
              .list();
        });
    return page.page(rows, publication -> Long.toString(publication.revision()));
  }

  private static void move(
      JdbcClient jdbc, Actor actor, Adapter adapter, @Nullable Version version) {
    UUID tenant = adapter.tenantId();
    String name = adapter.name();
    long revision =
        jdbc.sql(
                """
                update alias set revision = revision + 1, changed_at = now()
                where tenant_id = :tenant and name = :name returning revision
                """)
            .param("tenant", tenant)
            .param("name", name)
            .query((row, n) -> row.getLong("revision"))
            .single();
    jdbc.sql("delete from alias_target where tenant_id = :tenant and name = :name")
        .param("tenant", tenant)
        .param("name", name)
        .update();
    if (version != null) {
      jdbc.sql(
              """
              insert into alias_target (tenant_id, name, version_id)
              values (:tenant, :name, :version)
              """)
          .param("tenant", tenant)
          .param("name", name)
          .param("version", version.id())
          .update();
    }
    remember(jdbc, actor, adapter, version, revision);
  }

  private static void remember(
      JdbcClient jdbc, Actor actor, Adapter adapter, @Nullable Version version, long revision) {
    List<?> targets =
        version == null
            ? List.of()
            : List.of(Map.of("version", version.id(), "number", version.number(), "weight", 1));
    jdbc.sql(
            """
            insert into alias_history (tenant_id, name, revision, targets, changed_by)
            values (:tenant, :name, :revision, cast(:targets as jsonb), :actor)
            """)
        .param("tenant", adapter.tenantId())
        .param("name", adapter.name())
        .param("revision", revision)
        .param("targets", Jsonb.write(targets))
        .param("actor", actor.name())
        .update();
    AuditLog.write(
        jdbc,
        actor,
        adapter.tenantId(),
        version == null ? "adapter.unpublish" : "adapter.publish",
        adapter.name(),
        published(adapter.published()),
        published(version == null ? null : version.number()));
  }

  private static @Nullable Map<String, Integer> published(@Nullable Integer number) {
    return number == null ? null : Map.of("published", number);
  }

  private static List<Integer> integers(Array array) throws SQLException {
    return Arrays.asList((Integer[]) array.getArray());
  }
}
