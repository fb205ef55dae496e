package dev.heddle.registry.adapter;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.Jsonb;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The statements that several of this package's classes need. */
final class VersionRows {
  static final String SELECT =
      """
      select v.id, v.tenant_id, a.name as adapter, v.number, v.state, v.digest, v.bytes,
        v.report::text as report, v.created_at, v.changed_at
      from adapter_version v join adapter a on a.id = v.adapter_id
      """;

  private VersionRows() {}

  static Version map(ResultSet row, int n) throws SQLException {
    return new Version(
        Columns.id(row, "id"),
        Columns.id(row, "tenant_id"),
        row.getString("adapter"),
        row.getInt("number"),
        VersionState.valueOf(row.getString("state")),
        Columns.digestOrNull(row, "digest"),
        row.getObject("bytes", Long.class),
        Jsonb.violations(row.getString("report")),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "changed_at"));
  }

  static Version get(JdbcClient jdbc, UUID tenant, String adapter, int number) {
    return find(jdbc, tenant, adapter, number)
        .orElseThrow(() -> new NotFoundException("version", adapter + "@" + number));
  }

  static Optional<Version> find(JdbcClient jdbc, UUID tenant, String adapter, int number) {
    return jdbc.sql(
            SELECT + " where v.tenant_id = :tenant and a.name = :adapter and v.number = :number")
        .param("tenant", tenant)
        .param("adapter", adapter)
        .param("number", number)
        .query(VersionRows::map)
        .optional();
  }

  static Version get(JdbcClient jdbc, UUID id) {
    return jdbc.sql(SELECT + " where v.id = :id")
        .param("id", id)
        .query(VersionRows::map)
        .optional()
        .orElseThrow(() -> new NotFoundException("version", id.toString()));
  }

  /**
   * Moves a version on, if it is still where the caller saw it.
   *
   * @throws ConflictException {@code version-state} if somebody else was first
   */
  static void move(JdbcClient jdbc, Version version, VersionState to) {
    int moved =
        jdbc.sql("update adapter_version set state = :to where id = :id and state = :from")
            .param("to", to.name())
            .param("id", version.id())
            .param("from", version.state().name())
            .update();
    if (moved == 0) {
      throw wrongState(get(jdbc, version.id()), version.state());
    }
  }

  static ConflictException wrongState(Version version, VersionState expected) {
    return new ConflictException(
        "version-state", version.label() + " is " + version.state() + ", not " + expected);
  }
}
