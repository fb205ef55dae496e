package dev.heddle.registry.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.format.Digest;
import dev.heddle.registry.Actor;
import dev.heddle.registry.access.TenantLimits;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.ReplicaSettings;
import dev.heddle.registry.replica.Replicas;
import dev.heddle.registry.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The statement by which a fleet shares limits. Times between statements count little: seconds. */
class LimitPoolTest {
  private static final Actor ACTOR = new Actor("test");
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final SharedLimit REQUESTS = SharedLimit.REQUESTS_PER_MINUTE;
  private static final SharedLimit SEQUENCES = SharedLimit.CONCURRENT_SEQUENCES;

  private static RegistryDatabase db;
  private static Replicas first;
  private static Replicas second;
  private static LimitPool a;
  private static LimitPool b;

  private UUID tenant;

  @BeforeAll
  static void open() {
    db = RegistryDatabase.open(TestDatabase.fresh());
    first = replica(UUID.randomUUID());
    second = replica(UUID.randomUUID());
    a = new LimitPool(db, first.self());
    b = new LimitPool(db, second.self());
  }

  @AfterAll
  static void close() {
    a.close();
    b.close();
    first.close();
    second.close();
    db.close();
  }

  private static Replicas replica(UUID folder) {
    Digest base = new Digest("01".repeat(32));
    return new Replicas(
        db, new ReplicaSettings(folder, "replica", null, base, Duration.ofSeconds(20)));
  }

  @BeforeEach
  void tenant() {
    TenantLimits limits = new TenantLimits(1, 10L, null, 6, null, null);
    tenant = new Tenants(db).create(ACTOR, "shares-" + COUNT.incrementAndGet(), limits).id();
  }

  @Test
  void what_one_takes_the_other_does_not_find_and_it_is_told_who_goes_without() {
    LimitGrant four = exchange(a, need(4, 1));
    assertThat(four.granted()).isEqualTo(4);
    assertThat(four.remaining()).isCloseTo(6, within(0.9));
    LimitGrant rest = exchange(b, need(9, 1));
    assertThat(rest.granted()).isEqualTo(6);
    assertThat(rest.others()).isEqualTo(4);
    assertThat(rest.contended()).isFalse();
    assertThat(exchange(a, has(0, 0, 4)).contended()).isTrue();
    exchange(b, has(0, 0, 6));
    assertThat(exchange(a, has(0, 0, 4)).contended()).isFalse();
  }

  @Test
  void what_was_not_used_goes_back_and_what_was_used_does_not() {
    exchange(a, need(4, 1));
    LimitGrant after = exchange(a, has(1, 0, 1));
    assertThat(after.remaining()).isCloseTo(8, within(0.9));
    assertThat(exchange(b, has(0, 0, 0)).others()).isEqualTo(1);
    exchange(a, has(0, 0, 1)); // says less than before
    assertThat(exchange(b, has(0, 0, 0)).remaining()).isCloseTo(8, within(0.9));
  }

  @Test
  void a_claim_is_made_again_without_harm() {
    for (int i = 0; i < 5; i++) {
      LimitGrant grant = exchange(a, claim(REQUESTS, 2, 0, 0, 4, 1, 0));
      assertThat(grant.granted()).isEqualTo(4);
      assertThat(grant.remaining()).isCloseTo(4, within(0.9));
    }
  }

  @Test
  void whole_requests_are_given_or_nothing() {
    assertThat(exchange(a, need(12, 4)).granted()).isEqualTo(8);
    assertThat(exchange(b, need(3, 3)).granted()).isZero();
  }

  @Test
  void ahead_is_given_an_even_part_of_what_is_left() {
    assertThat(exchange(a, claim(REQUESTS, 0, 0, 0, 2, 1, 100)).granted()).isEqualTo(2 + 8 / 2);
    assertThat(exchange(b, claim(REQUESTS, 0, 0, 0, 0, 0, 1)).granted()).isEqualTo(1);
  }

  @Test
  void a_limit_refills_by_the_database_s_clock_up_to_itself_and_follows_its_changes() {
    exchange(a, need(10, 1));
    exchange(a, has(10, 0, 0));
    passSeconds(30);
    assertThat(exchange(a, has(10, 10, 0)).remaining()).isCloseTo(5, within(0.9));
    passSeconds(3600);
    assertThat(exchange(a, has(10, 10, 0)).remaining()).isEqualTo(10);
    limit("requests_per_minute = 25");
    assertThat(exchange(a, has(10, 10, 0)).remaining()).isEqualTo(25);
    limit("requests_per_minute = 5");
    assertThat(exchange(a, has(12, 10, 0)).remaining()).isCloseTo(3, within(0.9));
    passSeconds(-3600); // somebody set the clock back
    assertThat(exchange(a, has(12, 12, 0)).remaining()).isCloseTo(3, within(0.9));
    limit("requests_per_minute = 0");
    assertThat(exchange(a, claim(REQUESTS, 12, 12, 0, 1, 1, 0)).granted()).isZero();
    limit("requests_per_minute = null");
    assertThat(exchange(a, claim(REQUESTS, 12, 12, 0, 1, 1, 0)).granted()).isEqualTo(1);
  }

  @Test
  void sequences_are_shared_and_do_not_refill() {
    assertThat(exchange(a, claim(SEQUENCES, 0, 0, 0, 4, 4, 0)).granted()).isEqualTo(4);
    passSeconds(3600);
    assertThat(exchange(b, claim(SEQUENCES, 0, 0, 0, 3, 1, 0)).granted()).isEqualTo(2);
    exchange(a, claim(SEQUENCES, 0, 0, 1, 0, 0, 0));
    LimitGrant more = exchange(b, claim(SEQUENCES, 0, 0, 2, 3, 1, 0));
    assertThat(more.granted()).isEqualTo(3);
    assertThat(more.others()).isEqualTo(1);
  }

  @Test
  void what_a_replica_held_that_is_gone_is_there_for_others_and_it_pays_when_it_comes_back() {
    UUID folder = UUID.randomUUID();
    Replicas dying = replica(folder);
    LimitPool its = new LimitPool(db, dying.self());
    exchange(its, need(7, 1));
    assertThat(exchange(a, need(4, 1)).granted()).isEqualTo(3);
    dying.close();
    assertThat(exchange(a, claim(REQUESTS, 0, 0, 3, 4, 1, 0)).granted()).isEqualTo(4);
    // It was not gone after all, and used five of its seven.
    LimitGrant late = exchange(its, has(5, 0, 2));
    assertThat(late.remaining()).isCloseTo(-4, within(0.9));

    try (Replicas again = replica(folder);
        LimitPool next = new LimitPool(db, again.self())) {
      LimitGrant anew = exchange(next, has(0, 0, 0));
      assertThat(anew.remaining()).as("what the last start kept").isCloseTo(-2, within(0.9));
      assertThat(exchange(its, claim(REQUESTS, 6, 5, 2, 1, 1, 0)).granted())
          .as("to an earlier start")
          .isZero();
      assertThat(exchange(next, has(0, 0, 0)).remaining()).isCloseTo(-2, within(0.9));
    }
    its.close();
  }

  @Test
  void however_many_take_and_give_at_once_nothing_is_lost_or_made() throws Exception {
    limit("requests_per_minute = 1000, concurrent_sequences = 50");
    long seed = new Random().nextLong();
    long begun = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (LimitPool pool : List.of(a, b)) {
      Random random = new Random(seed + threads.size());
      threads.add(Thread.ofPlatform().start(() -> takeAndGive(pool, random)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    double sum =
        number(
            "select level + (select sum(held + spent) from limit_share s"
                + " where s.tenant_id = p.tenant_id and s.kind = p.kind)"
                + " from limit_pool p where tenant_id = :tenant and kind = 'REQUESTS_PER_MINUTE'");
    double refilled = (System.nanoTime() - begun) / 1e9 * 1000 / 60;
    assertThat(sum).as("seed %d", seed).isBetween(999.999, 1000 + refilled);
    assertThat(
            number(
                "select sum(held) from limit_share where tenant_id = :tenant"
                    + " and kind = 'CONCURRENT_SEQUENCES'"))
        .isLessThanOrEqualTo(50);
  }

  private void takeAndGive(LimitPool pool, Random random) {
    long spent = 0;
    long hand = 0;
    long sequences = 0;
    for (int i = 0; i < 150; i++) {
      long used = random.nextLong(hand + 1);
      long kept = random.nextLong(hand - used + 1);
      long running = random.nextLong(sequences + 1);
      long need = random.nextLong(4);
      List<LimitGrant> grants =
          pool.exchange(
              2,
              List.of(
                  claim(REQUESTS, spent + used, spent, kept, need, 1, random.nextLong(5)),
                  claim(SEQUENCES, 0, 0, running, random.nextLong(30), 1, 0)));
      spent += used;
      for (LimitGrant grant : grants) {
        if (grant.kind() == REQUESTS) {
          hand = kept + grant.granted();
        } else {
          sequences = running + grant.granted();
        }
      }
    }
  }

  private static LimitGrant exchange(LimitPool pool, LimitClaim claim) {
    List<LimitGrant> grants = pool.exchange(2, List.of(claim));
    assertThat(grants).hasSize(1);
    return grants.getFirst();
  }

  private LimitClaim need(long need, long unit) {
    return claim(REQUESTS, 0, 0, 0, need, unit, 0);
  }

  private LimitClaim has(long spent, long told, long kept) {
    return claim(REQUESTS, spent, told, kept, 0, 0, 0);
  }

  private LimitClaim claim(
      SharedLimit kind, long spent, long told, long kept, long need, long unit, long extra) {
    return new LimitClaim(tenant, kind, spent, told, kept, need, unit, extra);
  }

  private void passSeconds(int seconds) {
    execute("update limit_pool set filled_at = filled_at - interval '1 s' * " + seconds);
  }

  private void limit(String change) {
    execute("update tenant set " + change + " where id = '" + tenant + "'");
  }

  private static void execute(String sql) {
    db.write(jdbc -> jdbc.sql(sql).update());
  }

  private double number(String sql) {
    return db.read(jdbc -> jdbc.sql(sql).param("tenant", tenant).query(Double.class).single());
  }
}
