package dev.heddle.registry.replica;

import dev.heddle.format.Digest;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The rows of the processes that share the database. All times are the database's. */
final class ReplicaRows {
  private final RegistryDatabase db;

  ReplicaRows(RegistryDatabase db) {
    this.db = db;
  }

  /** Numbers a start. */
  long nextEpoch() {
    return db.read(jdbc -> jdbc.sql("select nextval('replica_epoch')").query(Long.class).single());
  }

  /**
   * Says that a process lives. The row of an earlier start on the same data folder is replaced.
   *
   * @return false if a later start has the row
   */
  boolean announce(ReplicaSettings settings, long epoch, Announcement now) {
    return db.write(jdbc ->
        jdbc.sql(
                """
                insert into replica as r
                  (id, epoch, name, address, state, base_digest, adapters, running, waiting,
                   kv_use, beat)
                values (:id, :epoch, :name, :address, :state, :base, :adapters, :running,
                  :waiting, :kv, make_interval(secs => :beat))
                on conflict (id) do update set
                  epoch = excluded.epoch, name = excluded.name, address = excluded.address,
                  state = excluded.state, base_digest = excluded.base_digest,
                  adapters = excluded.adapters, running = excluded.running,
                  waiting = excluded.waiting, kv_use = excluded.kv_use, beat = excluded.beat,
                  started_at = case when r.epoch = excluded.epoch then r.started_at
                    else excluded.started_at end,
                  seen_at = excluded.seen_at
                where r.epoch <= excluded.epoch
                """)
            .param("id", settings.id())
            .param("epoch", epoch)
            .param("name", settings.name())
            .param("address", settings.address() == null ? null : settings.address().toString())
            .param("state", now.state().name())
            .param("base", settings.base().bytes())
            .param("adapters", now.adapters().stream().map(Digest::bytes).toArray(byte[][]::new))
            .param("running", now.load().running())
            .param("waiting", now.load().waiting())
            .param("kv", now.load().kvUse())
            .param("beat", (double) settings.beat().toMillis() / 1000)
            .update())
        > 0;
  }

  /** Removes those that nobody has seen for a month, and that have no upload. */
  void removeOld() {
    db.write(jdbc ->
        jdbc.sql(
                """
                delete from replica r where r.seen_at < clock_timestamp() - interval '30 days'
                  and not exists (select from upload u where u.owner = r.id)
                """)
            .update());
  }

  /** Those that live, by id. */
  List<Replica> live() {
    return db.read(jdbc ->
        jdbc.sql(
                """
                select id, epoch, name, address, state, base_digest, adapters, running, waiting,
                  kv_use, started_at, seen_at
                from replica r where replica_lives(r.id, r.epoch) order by id
                """)
            .query(ReplicaRows::map)
            .list());
  }

  private static Replica map(ResultSet row, int n) throws SQLException {
    String address = row.getString("address");
    byte[][] adapters = (byte[][]) row.getArray("adapters").getArray();
    Set<Digest> resident =
        Arrays.stream(adapters).map(Digest::of).collect(Collectors.toUnmodifiableSet());
    return new Replica(
        new Start(Columns.id(row, "id"), row.getLong("epoch")),
        row.getString("name"),
        address == null ? null : URI.create(address),
        Replica.State.valueOf(row.getString("state")),
        Columns.digest(row, "base_digest"),
        resident,
        new Replica.Load(row.getInt("running"), row.getInt("waiting"), row.getDouble("kv_use")),
        Columns.instant(row, "started_at"),
        Columns.instant(row, "seen_at"));
  }
}
