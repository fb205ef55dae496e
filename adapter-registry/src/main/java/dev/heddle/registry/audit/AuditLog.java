package dev.heddle.registry.audit;

import dev.heddle.registry.Actor;
import dev.heddle.registry.Ids;
import dev.heddle.registry.Page;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.Jsonb;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The audit trail. */
public final class AuditLog {
  private static final String SELECT =
      """
      select a.id, a.at, t.name as tenant, a.actor, a.action, a.subject, a.before::text,
        a.after::text
      from audit a left join tenant t on t.id = a.tenant_id
      where
      """;
  private static final String AFTER =
      """
      and (cast(:after as uuid) is null or a.id < cast(:after as uuid))
      order by a.id desc limit :rows
      """;

  private final RegistryDatabase db;

  public AuditLog(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Adds an entry as part of the caller's transaction, so that a change and its entry are one.
   *
   * @param tenant null for what concerns the whole platform
   * @param before what to write as JSON, null where nothing was
   * @param after what to write as JSON, null where nothing is
   */
  public static void write(
      JdbcClient jdbc,
      Actor actor,
      @Nullable UUID tenant,
      String action,
      String subject,
      @Nullable Object before,
      @Nullable Object after) {
    jdbc.sql(
            """
            insert into audit (id, tenant_id, actor, action, subject, before, after)
            values (:id, :tenant, :actor, :action, :subject,
              cast(:before as jsonb), cast(:after as jsonb))
            """)
        .param("id", Ids.next())
        .param("tenant", tenant)
        .param("actor", actor.name())
        .param("action", action)
        .param("subject", subject)
        .param("before", Jsonb.write(before))
        .param("after", Jsonb.write(after))
        .update();
  }

  /** A tenant's entries, the latest first. */
  public Page<AuditEntry> list(UUID tenant, Page.Request page) {
    return list(AuditFilter.of(tenant), page);
  }

  /** What passes the filter, the latest first. */
  public Page<AuditEntry> list(AuditFilter filter, Page.Request page) {
    List<AuditEntry> rows =
        db.read(jdbc ->
            jdbc.sql(SELECT + filter.condition() + "\n" + AFTER)
                .params(filter.parameters())
                .param("after", page.afterId())
                .param("rows", page.rows())
                .query(AuditLog::map)
                .list());
    return page.page(rows, entry -> entry.id().toString());
  }

  private static AuditEntry map(ResultSet row, int n) throws SQLException {
    return new AuditEntry(
        Columns.id(row, "id"),
        Columns.instant(row, "at"),
        row.getString("tenant"),
        row.getString("actor"),
        row.getString("action"),
        row.getString("subject"),
        row.getString("before"),
        row.getString("after"));
  }
}
