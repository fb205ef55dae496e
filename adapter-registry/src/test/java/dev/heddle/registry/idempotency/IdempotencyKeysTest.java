package dev.heddle.registry.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdempotencyKeysTest {
  private static final byte[] ANSWER = {1, 2, 3};

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private static IdempotencyKeys keys;
  private static UUID apiKey;

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
    keys = new IdempotencyKeys(registry.db);
    apiKey = apiKey(registry.tenant);
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @Test
  void the_first_runs_others_wait_for_it_and_get_its_answer() {
    Claim.Use use = use(1, 1);
    UUID attempt = begun(keys.claim(use));

    assertThat(keys.claim(use))
        .isInstanceOfSatisfying(
            Claim.Running.class,
            running ->
                assertThat(running.lease())
                    .isPositive()
                    .isLessThanOrEqualTo(IdempotencyKeys.LEASE));
    assertThat(keys.keep(attempt, ANSWER)).isTrue();

    assertThat(keys.claim(use))
        .isInstanceOfSatisfying(
            Claim.Answered.class, answered -> assertThat(answered.answer()).isEqualTo(ANSWER));
    keys.release(attempt); // too late to take it back
    assertThat(keys.claim(use)).isInstanceOf(Claim.Answered.class);
  }

  @Test
  void a_run_that_came_to_nothing_leaves_the_key_to_the_next() {
    Claim.Use use = use(2, 1);
    UUID first = begun(keys.claim(use));
    keys.release(first);

    UUID second = begun(keys.claim(use));

    assertThat(second).isNotEqualTo(first);
    assertThat(keys.keep(first, ANSWER)).isFalse();
  }

  @Test
  void a_key_is_for_one_request_of_one_api_key_and_tenants_do_not_share_it() {
    Tenant other = registry.tenants.create(TestRegistry.ACTOR, "other");
    Claim.Use use = use(3, 1);
    begun(keys.claim(use));

    assertThat(keys.claim(use(3, 2))).isInstanceOf(Claim.Reused.class);
    assertThat(
            keys.claim(
                new Claim.Use(use.tenant(), use.key(), apiKey(registry.tenant), use.fingerprint())))
        .isInstanceOf(Claim.Reused.class);
    assertThat(keys.claim(new Claim.Use(other.id(), use.key(), apiKey(other), use.fingerprint())))
        .isInstanceOf(Claim.Begun.class);
  }

  @Test
  void a_run_that_was_broken_off_is_taken_over_by_the_same_request_when_its_lease_ends() {
    Claim.Use use = use(4, 1);
    UUID broken = begun(keys.claim(use));
    elapse("leased_until = now() - interval '1 second'", broken);

    assertThat(keys.claim(use(4, 2))).isInstanceOf(Claim.Reused.class);
    UUID next = begun(keys.claim(use));

    keys.renew(broken); // it is back, but its turn is over
    assertThat(keys.keep(broken, ANSWER)).isFalse();
    assertThat(keys.keep(next, ANSWER)).isTrue();
  }

  @Test
  void a_renewed_lease_is_as_long_as_a_new_one() {
    Claim.Use use = use(5, 1);
    UUID attempt = begun(keys.claim(use));
    elapse("leased_until = now() - interval '1 second'", attempt);

    keys.renew(attempt);

    assertThat(keys.claim(use))
        .isInstanceOfSatisfying(
            Claim.Running.class,
            running -> assertThat(running.lease()).isGreaterThan(Duration.ofSeconds(1)));
  }

  @Test
  void after_its_day_a_key_is_free_for_any_request_and_what_is_old_is_removed() {
    Claim.Use use = use(6, 1);
    UUID old = begun(keys.claim(use));
    keys.keep(old, ANSWER);
    elapse("expires_at = now()", old);
    UUID next = begun(keys.claim(use(6, 2)));
    elapse("expires_at = now()", next);

    assertThat(keys.prune()).isOne();
    assertThat(keys.prune()).isZero();
  }

  @Test
  void of_many_at_once_one_runs() throws Exception {
    Claim.Use use = use(7, 1);
    List<Future<Claim>> claims = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 32; i++) {
        claims.add(threads.submit(() -> keys.claim(use)));
      }
    }
    int begun = 0;
    for (Future<Claim> claim : claims) {
      begun += claim.get() instanceof Claim.Begun ? 1 : 0;
    }
    assertThat(begun).isOne();
  }

  private static UUID begun(Claim claim) {
    assertThat(claim).isInstanceOf(Claim.Begun.class);
    return ((Claim.Begun) claim).attempt();
  }

  private static Claim.Use use(int key, int request) {
    return new Claim.Use(registry.tenant.id(), digest(key), apiKey, digest(request));
  }

  private static Digest digest(int of) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) of;
    return Digest.of(bytes);
  }

  private static UUID apiKey(Tenant tenant) {
    return registry
        .keys
        .create(TestRegistry.ACTOR, tenant.id(), "key", Set.of(Scope.ADAPTERS), null)
        .key()
        .id();
  }

  /** Lets time pass for one row. */
  private static void elapse(String change, UUID attempt) {
    registry.db.write(jdbc ->
        jdbc.sql("update idempotency_key set " + change + " where attempt = :attempt")
            .param("attempt", attempt)
            .update());
  }
}
