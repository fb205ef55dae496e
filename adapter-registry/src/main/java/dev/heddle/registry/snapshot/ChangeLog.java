package dev.heddle.registry.snapshot;

import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.util.List;
import java.util.Locale;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What the database's triggers noted down of changes. A position in it is a {@code pg_snapshot} in
 * its text form: the transactions that a reader has seen. What takes a {@link JdbcClient} belongs
 * to the caller's transaction.
 */
final class ChangeLog {
  private static final int PRUNE_ROWS_MAX = 1000;

  private ChangeLog() {}

  /** Removes what nobody needs any more, a little at a time. */
  static void tidy(RegistryDatabase db) {
    if (db.write(ChangeLog::mark)) {
      while (db.write(ChangeLog::prune)) {
        // the next ones
      }
    }
  }

  /** The position that this transaction reads at. */
  static String position(JdbcClient jdbc) {
    return jdbc.sql("select cast(pg_current_snapshot() as text)").query(String.class).single();
  }

  /**
   * Whether the log still has every change since a position, and it is a position in this
   * database's log at all: one that was restored counts its transactions anew.
   */
  static boolean reaches(JdbcClient jdbc, String since) {
    return jdbc.sql(
            """
            select pg_snapshot_xmin(cast(:since as pg_snapshot)) >= pruned_below
              and pg_snapshot_xmax(cast(:since as pg_snapshot))
                <= pg_snapshot_xmax(pg_current_snapshot())
            from registry_change_log
            """)
        .param("since", since)
        .query(Boolean.class)
        .single();
  }

  /** What was changed by transactions that were not seen at a position and are now. */
  static List<Change> since(JdbcClient jdbc, String position) {
    return jdbc.sql(
            """
            select distinct kind, tenant_id, name from registry_change
            where xid >= pg_snapshot_xmin(cast(:position as pg_snapshot))
              and not pg_visible_in_snapshot(xid, cast(:position as pg_snapshot))
            """)
        .param("position", position)
        .query((row, n) ->
            new Change(
                Change.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
                Columns.id(row, "tenant_id"),
                row.getString("name")))
        .list();
  }

  /**
   * Moves the end of the log to where its head was at least an hour ago. Of many replicas that try,
   * one does it and learns so; none that was away for less than an hour has to read everything
   * again.
   */
  static boolean mark(JdbcClient jdbc) {
    return jdbc.sql(
                """
                update registry_change_log set
                  pruned_below = least(marked, pg_snapshot_xmin(pg_current_snapshot())),
                  marked = pg_snapshot_xmin(pg_current_snapshot()),
                  marked_at = now()
                where marked_at < now() - interval '1 hour'
                  or greatest(marked, pruned_below) > pg_snapshot_xmax(pg_current_snapshot())
                """)
            .update()
        > 0;
  }

  /** Removes some of what lies before the end of the log; whether there may be more. */
  static boolean prune(JdbcClient jdbc) {
    int removed =
        jdbc.sql(
                """
                delete from registry_change where ctid = any (array(
                  select c.ctid from registry_change c, registry_change_log l
                  where c.xid < l.pruned_below or c.xid >= pg_snapshot_xmax(pg_current_snapshot())
                  limit :rows))
                """)
            .param("rows", PRUNE_ROWS_MAX)
            .update();
    return removed == PRUNE_ROWS_MAX;
  }
}
