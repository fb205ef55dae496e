package dev.heddle.registry.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.format.Digest;
import dev.heddle.registry.db.ConnectionLimits;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.testing.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ReplicasTest {
  private static final Digest BASE = new Digest("01".repeat(32));
  private static final Digest ADAPTER = new Digest("02".repeat(32));
  private static final Duration BEAT = Duration.ofMillis(200);

  private static final ConnectionLimits ONE =
      new ConnectionLimits(1, Duration.ofSeconds(1), Duration.ofSeconds(10));

  private static DatabaseSettings settings;
  private static RegistryDatabase db;

  @BeforeAll
  static void open() {
    settings = TestDatabase.fresh();
    db = RegistryDatabase.open(settings);
  }

  @AfterAll
  static void close() {
    db.close();
  }

  @Test
  void each_process_sees_what_the_other_says_until_it_stops() {
    URI address = URI.create("http://10.0.0.5:8080");
    try (Replicas a = new Replicas(db, settings(UUID.randomUUID(), null));
        Replicas b = new Replicas(db, settings(UUID.randomUUID(), address))) {
      Replica.Load load = new Replica.Load(3, 2, 0.5);
      b.describe(() -> new Announcement(Replica.State.SERVING, Set.of(ADAPTER), load));
      await().until(() -> seen(a, b) != null && seen(a, b).isServing());
      Replica said = seen(a, b);
      assertThat(said.start()).isEqualTo(b.self());
      assertThat(said.address()).isEqualTo(address);
      assertThat(said.base()).isEqualTo(BASE);
      assertThat(said.adapters()).containsExactly(ADAPTER);
      assertThat(said.load()).isEqualTo(load);
      assertThat(a.live()).extracting(Replica::start).contains(a.self());

      b.drain();
      await().until(() -> seen(a, b).state() == Replica.State.DRAINING);
      b.close();
      await().until(() -> seen(a, b) == null);
      await().until(a::isAlone);
    }
  }

  @Test
  void who_misses_three_beats_is_gone() {
    ReplicaRows rows = new ReplicaRows(db);
    ReplicaSettings silent = settings(UUID.randomUUID(), null);
    rows.announce(silent, rows.nextEpoch(), Announcement.STARTING);
    assertThat(rows.live()).extracting(Replica::id).contains(silent.id());
    await().until(() -> rows.live().stream().noneMatch(r -> r.id().equals(silent.id())));
  }

  @Test
  void the_number_that_live_does_not_fall_before_all_had_the_time_to_come_back() {
    Duration slow = Duration.ofSeconds(20);
    try (Replicas b = new Replicas(db, settings(UUID.randomUUID(), null, slow));
        Replicas a = new Replicas(db, settings(UUID.randomUUID(), null, slow))) {
      int living = a.living();
      assertThat(living).isGreaterThan(1);
      b.close();
      a.drain(); // looks at once
      await().until(() -> seen(a, b) == null);
      assertThat(a.isSteady()).isFalse();
      assertThat(a.living()).isEqualTo(living);
      assertThat(a.isAlone()).isFalse();
    }
  }

  @Test
  void work_that_has_all_connections_does_not_make_it_look_gone() throws Exception {
    ReplicaRows rows = new ReplicaRows(db);
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (RegistryDatabase narrow = RegistryDatabase.open(settings, ONE);
        Replicas busy = new Replicas(narrow, settings(UUID.randomUUID(), null))) {
      Thread holding =
          Thread.startVirtualThread(() ->
              narrow.readConsistent(jdbc -> {
                held.countDown();
                return hold(end);
              }));
      held.await();
      Instant then = seenAt(rows, busy).plus(BEAT.multipliedBy(4));
      await().until(() -> seenAt(rows, busy).isAfter(then));
      end.countDown();
      holding.join();
    }
  }

  private static boolean hold(CountDownLatch end) {
    try {
      end.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Instant seenAt(ReplicaRows rows, Replicas who) {
    return rows.live().stream()
        .filter(replica -> replica.start().equals(who.self()))
        .findFirst()
        .orElseThrow()
        .seenAt();
  }

  @Test
  void a_later_start_on_a_data_folder_takes_its_place_for_good() {
    ReplicaRows rows = new ReplicaRows(db);
    UUID folder = UUID.randomUUID();
    try (Replicas earlier = new Replicas(db, settings(folder, null));
        Replicas later = new Replicas(db, settings(folder, null))) {
      assertThat(later.self().epoch()).isGreaterThan(earlier.self().epoch());
      long old = earlier.self().epoch();
      assertThat(rows.announce(settings(folder, null), old, Announcement.STARTING)).isFalse();
      await()
          .until(() ->
              earlier.find(folder).map(Replica::start).filter(later.self()::equals).isPresent());
    }
  }

  private static ReplicaSettings settings(UUID folder, @Nullable URI address) {
    return settings(folder, address, BEAT);
  }

  private static ReplicaSettings settings(UUID folder, @Nullable URI address, Duration beat) {
    return new ReplicaSettings(folder, "replica", address, BASE, beat);
  }

  private static @Nullable Replica seen(Replicas by, Replicas who) {
    return by.find(who.self().replica()).orElse(null);
  }
}
