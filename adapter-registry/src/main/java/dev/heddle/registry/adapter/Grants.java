package dev.heddle.registry.adapter;

import dev.heddle.registry.Actor;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
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

/**
 * Lets other tenants call an adapter, as {@code owner/name}. A grant to an unknown tenant is stored
 * like any other, and becomes active when that tenant is created. So a grant does not tell which
 * tenants there are.
 */
public final class Grants {
  /** The most grants of one adapter. */
  public static final int GRANTS_MAX = 10_000;

  // A grant and a new tenant of its name take turns, or a grant ahead of its tenant would miss it.
  private static final long ADVISORY_LOCK = 0x6865_6464_6c67L;

  /** All grants of an adapter, whether their tenants are there or not. */
  private static final String OF_ADAPTER =
      """
      (select t.name as grantee, g.created_at
        from adapter_grant g join tenant t on t.id = g.grantee_id where g.adapter_id = :adapter
      union all
      select grantee, created_at from adapter_grant_ahead where adapter_id = :adapter) grants
      """;

  private final RegistryDatabase db;

  public Grants(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Grants an adapter; one that is private becomes {@link Visibility#GRANTED}. Granting again
   * changes nothing.
   *
   * @param grantee a tenant's name
   * @throws NotFoundException {@code adapter-not-found}
   * @throws InvalidException if the grantee owns it, or cannot be a name
   * @throws ConflictException {@code adapter-archived}, {@code too-many-grants}
   */
  public Grant grant(Actor actor, UUID owner, String adapter, String grantee) {
    Names.require("tenant", grantee);
    return db.change(jdbc -> {
      takeTurns(jdbc, grantee);
      Adapter granted = AdapterRows.getLocked(jdbc, owner, adapter);
      Adapters.requireUsable(granted);
      if (grantee.equals(granted.owner())) {
        throw new InvalidException("grantee", "tenant", "owns the adapter");
      }
      Optional<Grant> before = find(jdbc, granted, grantee);
      if (before.isEmpty()) {
        requireRoom(jdbc, granted);
        insert(jdbc, granted, grantee);
        AuditLog.write(jdbc, actor, owner, "grant.add", adapter, null, Map.of("tenant", grantee));
      }
      if (granted.visibility() == Visibility.PRIVATE) {
        open(jdbc, actor, granted);
      }
      return before.or(() -> find(jdbc, granted, grantee)).orElseThrow();
    });
  }

  /**
   * Takes a grant back; without one nothing changes. The adapter's visibility stays.
   *
   * @throws NotFoundException {@code adapter-not-found}
   */
  public void revoke(Actor actor, UUID owner, String adapter, String grantee) {
    db.change(jdbc -> {
      Adapter granted = AdapterRows.getLocked(jdbc, owner, adapter);
      boolean there = find(jdbc, granted, grantee).isPresent();
      if (there) {
        remove(jdbc, actor, granted, grantee);
      }
      return there;
    });
  }

  /**
   * Whom an adapter is granted to, by name.
   *
   * @throws NotFoundException {@code adapter-not-found}
   */
  public Page<Grant> list(UUID owner, String adapter, Page.Request page) {
    List<Grant> rows =
        db.read(jdbc ->
            jdbc.sql(
                    "select grantee, created_at from "
                        + OF_ADAPTER
                        + """
                        where cast(:after as text) is null or grantee > :after
                        order by grantee limit :rows
                        """)
                .param("adapter", AdapterRows.get(jdbc, owner, adapter).id())
                .param("after", page.after())
                .param("rows", page.rows())
                .query(Grants::map)
                .list());
    return page.page(rows, Grant::tenant);
  }

  /** From here on no tenant of this name is made until the transaction ends. */
  private static void takeTurns(JdbcClient jdbc, String grantee) {
    jdbc.sql("select pg_advisory_xact_lock_shared(hashtextextended(:name, :key))")
        .param("name", grantee)
        .param("key", ADVISORY_LOCK)
        .query((row, n) -> true)
        .list();
  }

  /** Takes all grants of an adapter back. */
  static void removeAll(JdbcClient jdbc, Actor actor, Adapter adapter) {
    jdbc.sql("select grantee from " + OF_ADAPTER + "order by grantee")
        .param("adapter", adapter.id())
        .query(String.class)
        .list()
        .forEach(grantee -> remove(jdbc, actor, adapter, grantee));
  }

  private static Optional<Grant> find(JdbcClient jdbc, Adapter adapter, String grantee) {
    return jdbc.sql("select grantee, created_at from " + OF_ADAPTER + "where grantee = :grantee")
        .param("adapter", adapter.id())
        .param("grantee", grantee)
        .query(Grants::map)
        .optional();
  }

  private static void requireRoom(JdbcClient jdbc, Adapter adapter) {
    long count =
        jdbc.sql("select count(*) from " + OF_ADAPTER)
            .param("adapter", adapter.id())
            .query(Long.class)
            .single();
    if (count >= GRANTS_MAX) {
      throw new ConflictException(
          "too-many-grants", adapter.name() + " has " + GRANTS_MAX + " grants; make it public");
    }
  }

  private static void insert(JdbcClient jdbc, Adapter adapter, String grantee) {
    int added =
        jdbc.sql(
                """
                insert into adapter_grant (tenant_id, adapter_id, grantee_id)
                select :owner, :adapter, id from tenant where name = :grantee
                """)
            .param("owner", adapter.tenantId())
            .param("adapter", adapter.id())
            .param("grantee", grantee)
            .update();
    if (added == 0) {
      jdbc.sql(
              """
              insert into adapter_grant_ahead (tenant_id, adapter_id, grantee)
              values (:owner, :adapter, :grantee)
              """)
          .param("owner", adapter.tenantId())
          .param("adapter", adapter.id())
          .param("grantee", grantee)
          .update();
    }
  }

  private static void open(JdbcClient jdbc, Actor actor, Adapter adapter) {
    jdbc.sql("update adapter set revision = revision + 1, visibility = 'granted' where id = :id")
        .param("id", adapter.id())
        .update();
    AuditLog.write(
        jdbc,
        actor,
        adapter.tenantId(),
        "adapter.update",
        adapter.name(),
        Map.of("visibility", adapter.visibility().text()),
        Map.of("visibility", Visibility.GRANTED.text()));
  }

  private static void remove(JdbcClient jdbc, Actor actor, Adapter adapter, String grantee) {
    takeTurns(jdbc, grantee);
    jdbc.sql(
            """
            delete from adapter_grant where adapter_id = :adapter
              and grantee_id = (select id from tenant where name = :grantee)
            """)
        .param("adapter", adapter.id())
        .param("grantee", grantee)
        .update();
    jdbc.sql("delete from adapter_grant_ahead where adapter_id = :adapter and grantee = :grantee")
        .param("adapter", adapter.id())
        .param("grantee", grantee)
        .update();
    AuditLog.write(
        jdbc,
        actor,
        adapter.tenantId(),
        "grant.remove",
        adapter.name(),
        Map.of("tenant", grantee),
        null);
  }

  private static Grant map(ResultSet row, int n) throws SQLException {
    return new Grant(row.getString("grantee"), Columns.instant(row, "created_at"));
  }
}
