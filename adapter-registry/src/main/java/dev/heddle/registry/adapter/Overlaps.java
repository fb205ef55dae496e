package dev.heddle.registry.adapter;

import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which experts a tenant's adapters have in common, by digest: these sit in one slot and are stored
 * once. Blocks; safe for any thread.
 */
public final class Overlaps {
  private final RegistryDatabase db;

  public Overlaps(RegistryDatabase db) {
    this.db = db;
  }

  /** A version as {@code adapter@number}, and its id. */
  private record Row(UUID id, String label) {}

  /**
   * A version among the adapters of its tenant that share most with it.
   *
   * @param version a ready one
   * @param most of other adapters; each by the version that its name means with most weight, else
   *     by its latest ready one
   */
  public Overlap of(Version version, int most) {
    return db.readConsistent(jdbc -> {
      List<Row> rows = new ArrayList<>(List.of(new Row(version.id(), version.label())));
      rows.addAll(others(jdbc, version, most));
      return matrix(jdbc, rows);
    });
  }

  private static List<Row> others(JdbcClient jdbc, Version version, int most) {
    return jdbc.sql(
            """
            with other as (
              select distinct on (a.id) v.id, a.name || '@' || v.number as label
              from adapter a
                join adapter_version v on v.adapter_id = a.id and v.state = 'READY'
                left join alias_target t on t.tenant_id = a.tenant_id and t.name = a.name
                  and t.version_id = v.id
              where a.tenant_id = :tenant and a.archived_at is null and a.name <> :adapter
              order by a.id, coalesce(t.weight, 0) desc, v.number desc)
            select o.id, o.label, count(distinct x.digest) as shared
            from version_expert own
              join version_expert x on x.digest = own.digest
              join other o on o.id = x.version_id
            where own.version_id = :version
            group by o.id, o.label order by shared desc, o.label limit :most
            """)
        .param("tenant", version.tenantId())
        .param("adapter", version.adapter())
        .param("version", version.id())
        .param("most", most)
        .query((row, n) -> new Row(Columns.id(row, "id"), row.getString("label")))
        .list();
  }

  private static Overlap matrix(JdbcClient jdbc, List<Row> rows) {
    Map<UUID, Integer> places = new HashMap<>();
    rows.forEach(row -> places.put(row.id(), places.size()));
    int[][] shared = new int[rows.size()][rows.size()];
    jdbc.sql(
            """
            select a.version_id as a, b.version_id as b, count(distinct a.digest) as shared
            from version_expert a join version_expert b on b.digest = a.digest
            where a.version_id in (:versions) and b.version_id in (:versions)
            group by a.version_id, b.version_id
            """)
        .param("versions", places.keySet())
        .query(row -> {
          int a = places.getOrDefault(Columns.id(row, "a"), 0);
          int b = places.getOrDefault(Columns.id(row, "b"), 0);
          shared[a][b] = row.getInt("shared");
        });
    return Overlap.of(rows.stream().map(Row::label).toList(), shared);
  }
}
