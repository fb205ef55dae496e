package dev.heddle.registry.access;

import dev.heddle.registry.Actor;
import dev.heddle.registry.Ids;
import dev.heddle.registry.Names;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
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

/** The tenants. */
public final class Tenants {
  private final RegistryDatabase db;

  public Tenants(RegistryDatabase db) {
    this.db = db;
  }

  /** The tenant {@value Tenant#DEFAULT}, made if this is the first start. */
  public Tenant ensureDefault() {
    return db.change(jdbc -> {
      BaseNames.lock(jdbc);
      return find(jdbc, Tenant.DEFAULT).orElseGet(() -> insert(jdbc, Actor.SYSTEM, Tenant.DEFAULT));
    });
  }

  /**
   * Adds a tenant.
   *
   * @throws dev.heddle.registry.InvalidException if the name breaks the rule
   * @throws dev.heddle.registry.ConflictException {@code name-taken}
   */
  public Tenant create(Actor actor, String name) {
    Names.require("tenant", name);
    return db.change(jdbc -> {
      BaseNames.lock(jdbc);
      return insert(jdbc, actor, name);
    });
  }

  /**
   * Finds a tenant by its name.
   *
   * @throws NotFoundException {@code tenant-not-found}
   */
  public Tenant get(String name) {
    return db.read(jdbc -> find(jdbc, name))
        .orElseThrow(() -> new NotFoundException("tenant", name));
  }

  /** All tenants, by name. */
  public Page<Tenant> list(Page.Request page) {
    List<Tenant> rows =
        db.read(jdbc ->
            jdbc.sql(
                    """
                    select id, name, created_at from tenant
                    where cast(:after as text) is null or name > :after
                    order by name limit :rows
                    """)
                .param("after", page.after())
                .param("rows", page.rows())
                .query(Tenants::map)
                .list());
    return page.page(rows, Tenant::name);
  }

  private static Optional<Tenant> find(JdbcClient jdbc, String name) {
    return jdbc.sql("select id, name, created_at from tenant where name = :name")
        .param("name", name)
        .query(Tenants::map)
        .optional();
  }

  private static Tenant insert(JdbcClient jdbc, Actor actor, String name) {
    UUID id = Ids.next();
    Tenant tenant =
        jdbc.sql(
                """
                insert into tenant (id, name) values (:id, :name)
                returning id, name, created_at
                """)
            .param("id", id)
            .param("name", name)
            .query(Tenants::map)
            .single();
    BaseNames.addTo(jdbc, id);
    AuditLog.write(jdbc, actor, id, "tenant.create", name, null, Map.of("name", name));
    return tenant;
  }

  private static Tenant map(ResultSet row, int n) throws SQLException {
    return new Tenant(
        Columns.id(row, "id"), row.getString("name"), Columns.instant(row, "created_at"));
  }
}
