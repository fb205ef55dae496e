package dev.heddle.registry.adapter;

import dev.heddle.format.Violation;
import dev.heddle.format.Violations;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.Jsonb;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The latest run of each version's golden prompts. Blocks; safe for any thread. */
public final class Proofs {
  private final RegistryDatabase db;

  public Proofs(RegistryDatabase db) {
    this.db = db;
  }

  /** Keeps a run in the place of the one before. */
  public Proof record(Version version, int cases, List<Violation> violations) {
    return db.write(jdbc -> write(jdbc, version, cases, violations));
  }

  /** Empty if the version has no golden prompts, or they were last run before runs were kept. */
  public Optional<Proof> last(UUID version) {
    return db.read(jdbc -> find(jdbc, version));
  }

  static Proof write(JdbcClient jdbc, Version version, int cases, List<Violation> violations) {
    jdbc.sql(
            """
            insert into version_proof (version_id, tenant_id, cases, violations)
            values (:version, :tenant, :cases, cast(:violations as jsonb))
            on conflict (version_id) do update set proved_at = now(), cases = excluded.cases,
              violations = excluded.violations
            """)
        .param("version", version.id())
        .param("tenant", version.tenantId())
        .param("cases", cases)
        .param("violations", Jsonb.write(Violations.bounded(violations)))
        .update();
    return find(jdbc, version.id()).orElseThrow();
  }

  private static Optional<Proof> find(JdbcClient jdbc, UUID version) {
    return jdbc.sql(
            """
            select proved_at, cases, violations::text as violations
            from version_proof where version_id = :version
            """)
        .param("version", version)
        .query((row, n) ->
            new Proof(
                Columns.instant(row, "proved_at"),
                row.getInt("cases"),
                Jsonb.violations(row.getString("violations"))))
        .optional();
  }
}
