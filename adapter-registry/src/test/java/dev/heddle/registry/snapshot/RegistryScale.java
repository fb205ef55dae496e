package dev.heddle.registry.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.BaseModels;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.AdapterFilter;
import dev.heddle.registry.adapter.Adapters;
import dev.heddle.registry.adapter.Publishing;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.testing.TestDatabase;
import dev.heddle.registry.testing.TestRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the registry promises for 1,000 tenants, 10,000 adapters and 200,000 versions: while two
 * threads ask and another process makes twenty changes a second, every question is answered within
 * 10 ms (p99), and every change is seen within a second of its commit. Run by {@code -Pscale}.
 */
class RegistryScale {
  private static final Logger log = LoggerFactory.getLogger(RegistryScale.class);
  private static final Duration WARM_UP = Duration.ofSeconds(4);
  private static final Duration MEASURED = Duration.ofSeconds(15);
  private static final Duration BETWEEN_CHANGES = Duration.ofMillis(50);
  private static final double ANSWER_MS_MAX = 10;
  private static final double SEEN_MS_MAX = 1000;

  private final Timings timings = new Timings();
  private RegistryDatabase here;
  private RegistryDatabase elsewhere;
  private SnapshotSource source;
  private List<String> keys;

  @Test
  void questions_are_answered_and_changes_seen_in_time() throws Exception {
    DatabaseSettings settings = TestDatabase.fresh();
    try (RegistryDatabase here = RegistryDatabase.open(settings);
        RegistryDatabase elsewhere = RegistryDatabase.open(settings)) {
      this.here = here;
      this.elsewhere = elsewhere;
      BaseModel base = new BaseModels(here).register("tiny", new Digest("ab".repeat(32)));
      long start = System.nanoTime();
      keys = ScaleData.write(settings, base.id());
      log.info("written in {} ms", millis(System.nanoTime() - start));
      long heap = usedHeap();
      start = System.nanoTime();
      try (SnapshotSource source = new SnapshotSource(here, base)) {
        this.source = source;
        log.info(
            "read in {} ms; the snapshot takes {} MB of heap",
            millis(System.nanoTime() - start),
            (usedHeap() - heap) >> 20);
        run();
      }
    }
    timings.print();
    timings
        .all()
        .forEach((name, millis) ->
            assertThat(millis.p(0.99))
                .as("p99 of %s, in ms", name)
                .isLessThan(name.startsWith("seen") ? SEEN_MS_MAX : ANSWER_MS_MAX));
    assertThat(timings.all().get("seen: a key").max()).isLessThan(SEEN_MS_MAX);
    assertThat(timings.all().get("seen: a published version").max()).isLessThan(SEEN_MS_MAX);
  }

  private void run() throws Exception {
    long begin = System.nanoTime();
    long end = begin + WARM_UP.plus(MEASURED).toNanos();
    try (ExecutorService pool = Executors.newCachedThreadPool()) {
      List<Future<?>> running = new ArrayList<>();
      for (int reader = 0; reader < 2; reader++) {
        Random random = new Random(reader);
        running.add(
            pool.submit(() -> {
              while (System.nanoTime() < end) {
                ask(random, System.nanoTime() - begin > WARM_UP.toNanos());
              }
            }));
      }
      for (int change = 0; System.nanoTime() < end; change++) {
        int number = change;
        running.add(pool.submit(() -> change(number)));
        Thread.sleep(BETWEEN_CHANGES);
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
  }

  /** One of each question, of a tenant at random. */
  private void ask(Random random, boolean measured) {
    String key = keys.get(random.nextInt(keys.size()));
    String adapter = ScaleData.adapter(random.nextInt(ScaleData.ADAPTERS_OF_EACH));
    Timings into = measured ? timings : new Timings();
    Authentication caller =
        into.time("authorise", () -> source.current().authenticate(key, Instant.now()));
    Principal principal = ((Authentication.Granted) caller).principal();
    for (String name : List.of(adapter, adapter + "@7", "free", "adapter-0")) {
      assertThat(
              into.time(
                  "resolve",
                  () -> source.current().resolve(principal.tenantId(), name, "user-" + key)))
          .isPresent();
    }
    assertThat(into.time("list of models", () -> source.current().models(principal.tenantId())))
        .hasSizeGreaterThan(ScaleData.ADAPTERS_OF_EACH);
    Page.Request page = new Page.Request(100, null);
    assertThat(
            into.time(
                    "list of adapters",
                    () -> new Adapters(here).list(principal.tenantId(), AdapterFilter.ALL, page))
                .items())
        .hasSize(ScaleData.ADAPTERS_OF_EACH);
    assertThat(
            into.time(
                    "list of versions",
                    () -> new Versions(here).list(principal.tenantId(), adapter, page))
                .items())
        .hasSize(ScaleData.VERSIONS_OF_EACH);
  }

  /** A change by another process, and how long after its commit it is seen here. */
  private void change(int number) {
    String tenant = ScaleData.tenant(number % ScaleData.TENANTS);
    Principal owner = principal(number % ScaleData.TENANTS);
    assertThat(owner.tenant()).isEqualTo(tenant);
    if (number % 2 == 0) {
      ApiKey.Issued key =
          new ApiKeys(elsewhere)
              .create(TestRegistry.ACTOR, owner.tenantId(), "new", Set.of(Scope.INFERENCE), null);
      awaitSeen(
          "seen: a key",
          () ->
              source.current().authenticate(key.text(), Instant.now())
                  instanceof Authentication.Granted);
    } else {
      String adapter = ScaleData.adapter(5);
      new Publishing(elsewhere).publish(TestRegistry.ACTOR, owner.tenantId(), adapter, 2);
      awaitSeen(
          "seen: a published version",
          () ->
              source
                  .current()
                  .resolve(owner.tenantId(), adapter)
                  .orElseThrow()
                  .servedBy()
                  .equals(adapter + "@2"));
    }
  }

  private Principal principal(int key) {
    return ((Authentication.Granted) source.current().authenticate(keys.get(key), Instant.now()))
        .principal();
  }

  private void awaitSeen(String what, BooleanSupplier seen) {
    timings.time(
        what,
        () -> {
          while (!seen.getAsBoolean()) {
            try {
              Thread.sleep(1);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
          return what;
        });
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static long millis(long nanos) {
    return Duration.ofNanos(nanos).toMillis();
  }
}
