package dev.heddle.registry.audit;

import dev.heddle.registry.Actor;
import dev.heddle.registry.Ids;
import dev.heddle.registry.Page;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.Jsonb;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The audit trail. */
public final class AuditLog {
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
    List<AuditEntry> rows =
        db.read(jdbc ->
            jdbc.sql(
                    """
                    select id, at, actor, action, subject, before::text, after::text from audit
                    where tenant_id = :tenant
                      and (cast(:after as uuid) is null or id < cast(:after as uuid))
                    order by id desc limit :rows
                    """)
                .param("tenant", tenant)
                .param("after", page.afterId())
                .param("rows", page.rows())
                .query((row, n) ->
                    new AuditEntry(
                        Columns.id(row, "id"),
                        Columns.instant(row, "at"),
                        row.getString("actor"),
                        row.getString("action"),
                        row.getString("subject"),
                        row.getString("before"),
                        row.getString("after")))
                .list());
    return page.page(rows, entry -> entry.id().toString());
  }
}
