package dev.heddle.registry.adapter;

import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.db.Columns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Names, what they mean and what they have meant, as the database has them. */
final class AliasRows {
  private static final String SELECT =
      """
      select n.tenant_id, n.name, own.id as adapter_id, n.revision, n.changed_at, %s
      from alias n
        left join adapter own on own.tenant_id = n.tenant_id and own.name = n.name
      where n.tenant_id = :tenant
      """
          .formatted(TargetRows.current("n"));
  private static final String HISTORY =
      """
      select h.revision, h.restores, h.changed_at, h.changed_by, %s
      from alias_history h where h.tenant_id = :tenant and h.name = :name
      """
          .formatted(TargetRows.remembered("h"));

  private AliasRows() {}

  static Optional<Alias> find(JdbcClient jdbc, UUID tenant, String name) {
    return jdbc.sql(SELECT + " and n.name = :name")
        .param("tenant", tenant)
        .param("name", name)
        .query(AliasRows::map)
        .optional();
  }

  static Alias get(JdbcClient jdbc, UUID tenant, String name) {
    return find(jdbc, tenant, name).orElseThrow(() -> new NotFoundException("alias", name));
  }

  /**
   * The name as it is when everybody else who would change it has to wait: the adapter's row first,
   * where it is an adapter's name.
   */
  static Alias getLocked(JdbcClient jdbc, UUID tenant, String name) {
    AdapterRows.lock(jdbc, tenant, name);
    jdbc.sql("select name from alias where tenant_id = :tenant and name = :name for no key update")
        .param("tenant", tenant)
        .param("name", name)
        .query(String.class)
        .optional();
    return get(jdbc, tenant, name);
  }

  /** Names that mean something, in order. */
  static List<Alias> list(JdbcClient jdbc, UUID tenant, Page.Request page) {
    return jdbc.sql(
            SELECT
                + """
                and (cast(:after as text) is null or n.name > :after)
                and exists (select from alias_target x
                  where x.tenant_id = n.tenant_id and x.name = n.name)
                order by n.name limit :rows
                """)
        .param("tenant", tenant)
        .param("after", page.after())
        .param("rows", page.rows())
        .query(AliasRows::map)
        .list();
  }

  /** The latest first. */
  static List<AliasRevision> history(JdbcClient jdbc, UUID tenant, String name, Page.Request page) {
    return jdbc.sql(
            HISTORY
                + """
                and (cast(:after as bigint) is null or h.revision < :after)
                order by h.revision desc limit :rows
                """)
        .param("tenant", tenant)
        .param("name", name)
        .param("after", page.afterNumber())
        .param("rows", page.rows())
        .query(AliasRows::mapRevision)
        .list();
  }

  static Optional<AliasRevision> revision(
      JdbcClient jdbc, UUID tenant, String name, long revision) {
    return jdbc.sql(HISTORY + " and h.revision = :revision")
        .param("tenant", tenant)
        .param("name", name)
        .param("revision", revision)
        .query(AliasRows::mapRevision)
        .optional();
  }

  /**
   * The revision that a rollback restores: the latest before the one that set the current targets,
   * with targets that are not empty and not the current ones.
   */
  static Optional<Long> before(JdbcClient jdbc, Alias alias) {
    return jdbc.sql(
            """
            select h.revision from alias_history h
              join alias_history c on c.tenant_id = h.tenant_id and c.name = h.name
            where h.tenant_id = :tenant and h.name = :name and c.revision = :current
              and h.revision < coalesce(c.restores, c.revision)
              and h.targets <> '[]' and h.targets <> c.targets
            order by h.revision desc limit 1
            """)
        .param("tenant", alias.tenantId())
        .param("name", alias.name())
        .param("current", alias.revision())
        .query(Long.class)
        .optional();
  }

  private static Alias map(ResultSet row, int n) throws SQLException {
    return new Alias(
        Columns.id(row, "tenant_id"),
        row.getString("name"),
        row.getObject("adapter_id", UUID.class),
        row.getLong("revision"),
        TargetRows.parse(row.getString("targets")),
        Columns.instant(row, "changed_at"));
  }

  private static AliasRevision mapRevision(ResultSet row, int n) throws SQLException {
    return new AliasRevision(
        row.getLong("revision"),
        TargetRows.parse(row.getString("targets")),
        row.getObject("restores", Long.class),
        Columns.instant(row, "changed_at"),
        row.getString("changed_by"));
  }
}
