package dev.heddle.registry.idempotency;

import dev.heddle.format.Digest;
import dev.heddle.registry.Ids;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.db.Columns;
import dev.heddle.registry.db.RegistryDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Idempotency keys. Of several requests with the same key one runs, and the others get its answer.
 * If a run is broken off, for example by a crash, the key is free again after {@link #LEASE}. Safe
 * for any thread and any number of replicas; blocks.
 */
public final class IdempotencyKeys {
  /** How long a run holds its key without {@link #renew}. */
  public static final Duration LEASE = Duration.ofSeconds(60);

  /** How long a key stands for its first request. */
  public static final Duration LIFETIME = Duration.ofHours(24);

  private static final int PRUNED_AT_ONCE = 1000;
  private static final int TRIES = 5;

  private record Row(UUID apiKey, Digest fingerprint, Claim outcome) {}

  private final RegistryDatabase db;

  public IdempotencyKeys(RegistryDatabase db) {
    this.db = db;
  }

  /**
   * Says whether a request is to run.
   *
   * @throws UnavailableException if the database is away
   */
  public Claim claim(Claim.Use use) {
    for (int i = 0; i < TRIES; i++) {
      UUID attempt = Ids.next();
      if (db.write(jdbc -> begin(jdbc, use, attempt)) > 0) {
        return new Claim.Begun(attempt);
      }
      Optional<Row> row = db.read(jdbc -> find(jdbc, use));
      if (row.isPresent()) {
        return claim(use, row.get());
      }
      // Released in between: try to be the next.
    }
    return new Claim.Running(Duration.ZERO);
  }

  private static Claim claim(Claim.Use use, Row row) {
    boolean same = row.apiKey().equals(use.apiKey()) && row.fingerprint().equals(use.fingerprint());
    return same ? row.outcome() : new Claim.Reused();
  }

  /** Takes the key if it is free, its time is over, or the same request's run was broken off. */
  private static int begin(JdbcClient jdbc, Claim.Use use, UUID attempt) {
    return jdbc.sql(
            """
            insert into idempotency_key as k
              (tenant_id, key_sha256, api_key_id, fingerprint, attempt, leased_until, expires_at)
            values (:tenant, :key, :apiKey, :fingerprint, :attempt,
              now() + make_interval(secs => :lease), now() + make_interval(secs => :lifetime))
            on conflict (tenant_id, key_sha256) do update
              set api_key_id = excluded.api_key_id, fingerprint = excluded.fingerprint,
                attempt = excluded.attempt, leased_until = excluded.leased_until, answer = null,
                created_at = now(), expires_at = excluded.expires_at
              where k.expires_at <= now()
                or (k.leased_until <= now() and k.fingerprint = excluded.fingerprint
                  and k.api_key_id = excluded.api_key_id)
            """)
        .param("tenant", use.tenant())
        .param("key", use.key().bytes())
        .param("apiKey", use.apiKey())
        .param("fingerprint", use.fingerprint().bytes())
        .param("attempt", attempt)
        .param("lease", LEASE.toSeconds())
        .param("lifetime", LIFETIME.toSeconds())
        .update();
  }

  private static Optional<Row> find(JdbcClient jdbc, Claim.Use use) {
    return jdbc.sql(
            """
            select api_key_id, fingerprint, answer,
              greatest(0, coalesce(extract(epoch from leased_until - now()), 0)) as lease_left
            from idempotency_key where tenant_id = :tenant and key_sha256 = :key
            """)
        .param("tenant", use.tenant())
        .param("key", use.key().bytes())
        .query(IdempotencyKeys::map)
        .optional();
  }

  /** Holds the key for another {@link #LEASE}. */
  public void renew(UUID attempt) {
    db.write(jdbc ->
        jdbc.sql(
                """
                update idempotency_key set leased_until = now() + make_interval(secs => :lease)
                where attempt = :attempt and answer is null
                """)
            .param("lease", LEASE.toSeconds())
            .param("attempt", attempt)
            .update());
  }

  /**
   * Keeps what a run came to.
   *
   * @param answer opaque; to be encrypted by the caller
   * @return false if the key has gone to another run meanwhile
   */
  public boolean keep(UUID attempt, byte[] answer) {
    return db.write(jdbc ->
        jdbc.sql(
                """
                update idempotency_key set answer = :answer, leased_until = null
                where attempt = :attempt and answer is null
                """)
            .param("answer", answer)
            .param("attempt", attempt)
            .update())
        > 0;
  }

  /** Frees the key: the run came to nothing that is to be repeated. */
  public void release(UUID attempt) {
    db.write(jdbc ->
        jdbc.sql("delete from idempotency_key where attempt = :attempt and answer is null")
            .param("attempt", attempt)
            .update());
  }

  /**
   * Removes keys whose time is over, {@value #PRUNED_AT_ONCE} at a time.
   *
   * @return how many
   */
  public int prune() {
    int all = 0;
    int last;
    do {
      last =
          db.write(jdbc ->
              jdbc.sql(
                      """
                      delete from idempotency_key where attempt in (
                        select attempt from idempotency_key where expires_at <= now()
                        limit :most for update skip locked)
                      """)
                  .param("most", PRUNED_AT_ONCE)
                  .update());
      all += last;
    } while (last == PRUNED_AT_ONCE);
    return all;
  }

  private static Row map(ResultSet row, int n) throws SQLException {
    byte[] answer = row.getBytes("answer");
    Duration left = Duration.ofMillis((long) (row.getDouble("lease_left") * 1000));
    return new Row(
        Columns.id(row, "api_key_id"),
        Columns.digest(row, "fingerprint"),
        answer == null ? new Claim.Running(left) : new Claim.Answered(answer));
  }
}
