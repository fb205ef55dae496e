package dev.heddle.registry.adapter;

import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.Jsonb;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;

/** Adapters as the database has them. */
final class AdapterRows {
  private static final TypeReference<Map<String, String>> LABELS = new TypeReference<>() {};
  private static final TypeReference<Map<VersionState, Integer>> COUNTS = new TypeReference<>() {};
  private static final String SELECT =
      """
      select a.id, a.tenant_id, o.name as owner, a.name, b.id as base_id, b.name as base,
        a.visibility, a.description, a.labels::text as labels, a.revision, a.created_at,
        a.archived_at, %s,
        (select coalesce(jsonb_object_agg(state, count), '{}') from
          (select state, count(*) as count from adapter_version v
           where v.tenant_id = a.tenant_id and v.adapter_id = a.id group by state) s
        )::text as versions
      from adapter a
        join base_model b on b.id = a.base_model_id
        join tenant o on o.id = a.tenant_id
      where a.tenant_id = :tenant
      """
          .formatted(TargetRows.current("a"));

  private AdapterRows() {}

  static Adapter get(JdbcClient jdbc, UUID tenant, String name) {
    return jdbc.sql(SELECT + " and a.name = :name")
        .param("tenant", tenant)
        .param("name", name)
        .query(AdapterRows::map)
        .optional()
        .orElseThrow(() -> new NotFoundException("adapter", name));
  }

  /** Makes whoever else changes this adapter wait; empty if the tenant has none of this name. */
  static Optional<UUID> lock(JdbcClient jdbc, UUID tenant, String name) {
    return jdbc.sql(
            "select id from adapter where tenant_id = :tenant and name = :name for no key update")
        .param("tenant", tenant)
        .param("name", name)
        .query((row, n) -> Columns.id(row, "id"))
        .optional();
  }

  /** The adapter as it is when everybody else who would change it has to wait. */
  static Adapter getLocked(JdbcClient jdbc, UUID tenant, String name) {
    lock(jdbc, tenant, name);
    return get(jdbc, tenant, name);
  }

  /** Not archived, by name. */
  static List<Adapter> list(JdbcClient jdbc, UUID tenant, AdapterFilter filter, Page.Request page) {
    return jdbc.sql(
            SELECT
                + """
                and a.archived_at is null
                and starts_with(a.name, :prefix)
                and a.labels @> cast(:labels as jsonb)
                and (cast(:after as text) is null or a.name > :after)
                order by a.name limit :rows
                """)
        .param("tenant", tenant)
        .param("prefix", filter.prefix())
        .param("labels", Jsonb.write(filter.labels()))
        .param("after", page.after())
        .param("rows", page.rows())
        .query(AdapterRows::map)
        .list();
  }

  static void countRevision(JdbcClient jdbc, UUID adapter) {
    jdbc.sql("update adapter set revision = revision + 1 where id = :id")
        .param("id", adapter)
        .update();
  }

  private static Adapter map(ResultSet row, int n) throws SQLException {
    return new Adapter(
        Columns.id(row, "id"),
        Columns.id(row, "tenant_id"),
        row.getString("owner"),
        row.getString("name"),
        Columns.id(row, "base_id"),
        row.getString("base"),
        Visibility.of(row.getString("visibility")),
        row.getString("description"),
        Jsonb.read(row.getString("labels"), LABELS),
        TargetRows.parse(row.getString("targets")),
        Jsonb.read(row.getString("versions"), COUNTS),
        row.getLong("revision"),
        Columns.instant(row, "created_at"),
        Columns.instantOrNull(row, "archived_at"));
  }
}
