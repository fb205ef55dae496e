package dev.heddle.registry.adapter;

import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Ids;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.audit.AuditLog;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Tenants' adapters. They come into being with their first version, see {@link Versions}. */
public final class Adapters {
  private static final String SELECT =
      """
      select a.id, a.tenant_id, a.name, b.id as base_id, b.name as base, a.created_at, a.archived_at,
        (select v.number from alias_target t join adapter_version v on v.id = t.version_id
         where t.tenant_id = a.tenant_id and t.name = a.name
         order by t.weight desc, v.number desc limit 1) as published
      from adapter a join base_model b on b.id = a.base_model_id
      where a.tenant_id = :tenant
      """;

  private final RegistryDatabase db;

  public Adapters(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Finds an adapter, archived or not.
   *
   * @throws NotFoundException {@code adapter-not-found}
   */
  public Adapter get(UUID tenant, String name) {
    return db.read(jdbc -> get(jdbc, tenant, name));
  }

  /** A tenant's adapters that are not archived, by name. */
  public Page<Adapter> list(UUID tenant, Page.Request page) {
    List<Adapter> rows =
        db.read(jdbc ->
            jdbc.sql(
                    SELECT
                        + """
                        and a.archived_at is null
                        and (cast(:after as text) is null or a.name > :after)
                        order by a.name limit :rows
                        """)
                .param("tenant", tenant)
                .param("after", page.after())
                .param("rows", page.rows())
                .query(Adapters::map)
                .list());
    return page.page(rows, Adapter::name);
  }

  /**
   * Takes an adapter and all its versions out of use. Its name stays taken. Archiving again changes
   * nothing.
   *
   * @throws NotFoundException {@code adapter-not-found}
   * @throws ConflictException {@code adapter-published} while its name means a version, {@code
   *     version-validating} while one is being validated
   */
  public Adapter archive(Actor actor, UUID tenant, String name) {
    return db.change(jdbc -> {
      lock(jdbc, tenant, name);
      Adapter adapter = get(jdbc, tenant, name);
      if (adapter.archivedAt() != null) {
        return adapter;
      }
      if (adapter.published() != null) {
        throw new ConflictException(
            "adapter-published",
            name + " means version " + adapter.published() + "; unpublish it first");
      }
      archiveVersions(jdbc, adapter);
      jdbc.sql("update adapter set archived_at = now() where id = :id")
          .param("id", adapter.id())
          .update();
      AuditLog.write(jdbc, actor, tenant, "adapter.archive", name, Map.of("name", name), null);
      return get(jdbc, tenant, name);
    });
  }

  /** The adapter's id if the tenant has it and it is not archived; made where the name is free. */
  static UUID ensure(JdbcClient jdbc, Actor actor, UUID tenant, String name, BaseModel base) {
    int added =
        jdbc.sql(
                """
                insert into callable_name (tenant_id, name, kind)
                values (:tenant, :name, 'adapter') on conflict do nothing
                """)
            .param("tenant", tenant)
            .param("name", name)
            .update();
    if (added > 0) {
      return insert(jdbc, actor, tenant, name, base);
    }
    Optional<UUID> id = lock(jdbc, tenant, name);
    if (id.isEmpty()) {
      throw new ConflictException("name-taken", "'" + name + "' names something else already");
    }
    requireUsable(get(jdbc, tenant, name), base);
    return id.get();
  }

  private static UUID insert(
      JdbcClient jdbc, Actor actor, UUID tenant, String name, BaseModel base) {
    UUID id = Ids.next();
    jdbc.sql(
            """
            insert into adapter (id, tenant_id, name, base_model_id)
            values (:id, :tenant, :name, :base)
            """)
        .param("id", id)
        .param("tenant", tenant)
        .param("name", name)
        .param("base", base.id())
        .update();
    jdbc.sql("insert into alias (tenant_id, name) values (:tenant, :name)")
        .param("tenant", tenant)
        .param("name", name)
        .update();
    AuditLog.write(jdbc, actor, tenant, "adapter.create", name, null, Map.of("base", base.name()));
    return id;
  }

  private static void requireUsable(Adapter adapter, BaseModel base) {
    if (adapter.archivedAt() != null) {
      throw new ConflictException("adapter-archived", adapter.name() + " is archived");
    }
    if (!adapter.baseModelId().equals(base.id())) {
      throw new ConflictException(
          "other-base",
          adapter.name()
              + " belongs to the base model "
              + adapter.baseModel()
              + " with other weights or another name than "
              + base.name()
              + ", which is served");
    }
  }

  /** Makes whoever else changes this adapter wait; empty if the tenant has none of this name. */
  static Optional<UUID> lock(JdbcClient jdbc, UUID tenant, String name) {
    return jdbc.sql("select id from adapter where tenant_id = :tenant and name = :name for update")
        .param("tenant", tenant)
        .param("name", name)
        .query((row, n) -> Columns.id(row, "id"))
        .optional();
  }

  static Adapter get(JdbcClient jdbc, UUID tenant, String name) {
    return jdbc.sql(SELECT + " and a.name = :name")
        .param("tenant", tenant)
        .param("name", name)
        .query(Adapters::map)
        .optional()
        .orElseThrow(() -> new NotFoundException("adapter", name));
  }

  private static void archiveVersions(JdbcClient jdbc, Adapter adapter) {
    boolean validating =
        jdbc.sql(
                """
                select exists (select from adapter_version
                  where adapter_id = :id and state = 'VALIDATING')
                """)
            .param("id", adapter.id())
            .query(Boolean.class)
            .single();
    if (validating) {
      throw new ConflictException(
          "version-validating", "a version of " + adapter.name() + " is being validated");
    }
    jdbc.sql(
            """
            update adapter_version set state = 'ARCHIVED'
            where adapter_id = :id and state <> 'ARCHIVED'
            """)
        .param("id", adapter.id())
        .update();
  }

  private static Adapter map(ResultSet row, int n) throws SQLException {
    return new Adapter(
        Columns.id(row, "id"),
        Columns.id(row, "tenant_id"),
        row.getString("name"),
        Columns.id(row, "base_id"),
        row.getString("base"),
        row.getObject("published", Integer.class),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "archived_at"));
  }
}
