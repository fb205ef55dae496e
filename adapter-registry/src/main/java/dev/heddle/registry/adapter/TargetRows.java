package dev.heddle.registry.adapter;

import dev.heddle.format.Digest;
import dev.heddle.registry.db.Jsonb;
import java.util.List;
import java.util.UUID;
import tools.jackson.core.type.TypeReference;

/** Targets as part of other rows: read as one JSON column. */
final class TargetRows {
  private static final TypeReference<List<Row>> ROWS = new TypeReference<>() {};
  private static final String COLUMN =
      """
      (select coalesce(jsonb_agg(jsonb_build_object('version', tv.id, 'adapter', ta.name,
          'number', tv.number, 'digest', encode(tv.digest, 'hex'), 'weight', tt.weight)
          order by ta.name collate "C", tv.number), '[]')
       from %s join adapter_version tv on tv.id = tt.version_id
         join adapter ta on ta.id = tv.adapter_id%s)::text as targets
      """;

  private record Row(UUID version, String adapter, int number, String digest, int weight) {
    AliasTarget target() {
      return new AliasTarget(version, adapter, number, new Digest(digest), weight);
    }
  }

  private TargetRows() {}

  /**
   * The column {@code targets}: what a name means now.
   *
   * @param outer the row of the statement that has the columns {@code tenant_id} and {@code name}
   */
  static String current(String outer) {
    return COLUMN.formatted(
        "alias_target tt",
        " where tt.tenant_id = %s.tenant_id and tt.name = %s.name".formatted(outer, outer));
  }

  /** The column {@code targets}: what an entry {@code outer} of the history remembers. */
  static String remembered(String outer) {
    return COLUMN.formatted(
        "(select (t ->> 'version')::uuid as version_id, (t ->> 'weight')::integer as weight"
            + " from jsonb_array_elements(%s.targets) t) tt".formatted(outer),
        "");
  }

  static List<AliasTarget> parse(String json) {
    return Jsonb.read(json, ROWS).stream().map(Row::target).toList();
  }
}
