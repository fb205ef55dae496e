package dev.heddle.it;

import dev.heddle.app.quota.Demand;
import dev.heddle.app.quota.QuotaException;
import dev.heddle.app.quota.QuotaExchange;
import dev.heddle.app.quota.QuotaGate;
import dev.heddle.app.quota.Reservation;
import dev.heddle.format.Digest;
import dev.heddle.registry.Actor;
import dev.heddle.registry.access.TenantLimits;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.limits.LimitPool;
import dev.heddle.registry.postgres.EmbeddedPostgres;
import dev.heddle.registry.replica.ReplicaSettings;
import dev.heddle.registry.replica.Replicas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/**
 * What it costs three replicas to hold limits together: admission alone, without HTTP and engine,
 * on a PostgreSQL; run by {@code tools/bench-limits}, which prints a table.
 */
class LimitsSpeed {
  private static final int SECONDS = 10;
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final ScheduledExecutorService ENDS = Executors.newScheduledThreadPool(1);

  /** One replica, but for what answers. */
  private record Node(
      RegistryDatabase db,
      Replicas replicas,
      LimitPool pool,
      QuotaGate gate,
      QuotaExchange exchange) {}

  private final AtomicLong statements = new AtomicLong();
  private final AtomicLong statementNanos = new AtomicLong();
  private volatile TenantLimits limits = TenantLimits.NONE;

  @TempDir private Path folder;

  @Test
  void measure() throws InterruptedException, IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(folder.resolve("postgres"))) {
      measure(postgres.settings());
    }
  }

  private void measure(DatabaseSettings settings) throws InterruptedException {
    List<Node> fleet = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      fleet.add(node(settings));
    }
    while (fleet.stream().anyMatch(node -> node.replicas().living() < 3)) {
      LockSupport.parkNanos(10_000_000);
    }
    System.out.println(
        "tenants split  offered/s admitted/s one would   error  waited   p50 us  p99 us p99.9 us"
            + "  statements/s  ms each");
    run(fleet, 50, 2000, 1.25, 1, 1, 1); // the JVM warms up
    run(fleet, 50, 2000, 1.25, 1, 1, 1);
    run(fleet, 1000, 2000, 1.25, 1, 1, 1);
    run(fleet, 1, 2000, 1.25, 1, 1, 1);
    run(fleet, 1, 2000, 1.25, 8, 1, 1);
    run(fleet, 1, 3000, 0.6667, 1, 1, 1);
    run(fleet, 1, 3000, 0.6667, 8, 1, 1);
    run(fleet, 1, 3000, 0.6667, 1, 0, 0);
    run(fleet, 50, 3000, 0.6667, 8, 1, 1);
    for (Node node : fleet) {
      node.exchange().close();
      node.pool().close();
      node.replicas().close();
      node.db().close();
    }
  }

  private Node node(DatabaseSettings settings) {
    RegistryDatabase db = RegistryDatabase.open(settings);
    Digest base = new Digest("01".repeat(32));
    Replicas replicas =
        new Replicas(
            db,
            new ReplicaSettings(UUID.randomUUID(), "replica", null, base, Duration.ofSeconds(2)));
    LimitPool pool = new LimitPool(db, replicas.self());
    QuotaGate gate = new QuotaGate(t -> limits, t -> Map.of(), System::nanoTime, limit -> {});
    QuotaExchange exchange =
        QuotaExchange.start(
            gate,
            replicas::living,
            (living, claims) -> {
              long begun = System.nanoTime();
              try {
                return pool.exchange(living, claims);
              } finally {
                statements.incrementAndGet();
                statementNanos.addAndGet(System.nanoTime() - begun);
              }
            });
    return new Node(db, replicas, pool, gate, exchange);
  }

  /**
   * One line of the table: what is offered to new tenants.
   *
   * @param share that their limits are of what is offered
   */
  private void run(List<Node> fleet, int tenants, int rate, double share, int... split)
      throws InterruptedException {
    long limit = Math.round(rate * share * 60 / tenants);
    limits = new TenantLimits(1, limit, limit * 400, 100_000, null, null);
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < tenants; i++) {
      String name = "speed-" + COUNT.incrementAndGet();
      ids.add(new Tenants(fleet.getFirst().db()).create(new Actor("bench"), name, limits).id());
    }
    load(fleet, ids, rate, 3, new Load(split)); // begins
    if (share < 1) { // or what was saved up would be let in too
      RegistryDatabase db = fleet.getFirst().db();
      db.write(jdbc -> jdbc.sql("update limit_pool set level = 0").update());
    }
    load(fleet, ids, rate, 2, new Load(split));
    statements.set(0);
    statementNanos.set(0);
    Load load = new Load(split);
    load(fleet, ids, rate, SECONDS, load);
    load.print(tenants, rate, limit * tenants / 60.0, statements.get(), statementNanos.get());
  }

  private static void load(List<Node> fleet, List<UUID> tenants, int rate, int seconds, Load load)
      throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < fleet.size(); i++) {
      Node node = fleet.get(i);
      double part = (double) rate * load.split[i] / Arrays.stream(load.split).sum();
      Random random = new Random(i);
      threads.add(Thread.ofPlatform().start(() -> ask(node, tenants, part, seconds, random, load)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    while (load.open.get() > 0) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** So many requests a second, which come as they like, each of a tenant by chance. */
  private static void ask(
      Node node, List<UUID> tenants, double rate, int seconds, Random random, Load load) {
    long begun = System.nanoTime();
    double next = 0;
    while (rate > 0 && (next += -Math.log(1 - random.nextDouble()) / rate) < seconds) {
      LockSupport.parkNanos(begun + (long) (next * 1e9) - System.nanoTime());
      load.ask(node.gate(), tenants.get(random.nextInt(tenants.size())));
    }
  }

  /** Requests and what became of them. */
  private static final class Load {
    private final int[] split;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger waited = new AtomicInteger();
    private final AtomicInteger admitted = new AtomicInteger();
    private final long[] nanos = new long[1 << 18];

    Load(int... split) {
      this.split = split;
    }

    /** A request of 150 tokens, which uses 100 of them in a tenth of a second. */
    void ask(QuotaGate gate, UUID tenant) {
      open.incrementAndGet();
      int number = asked.getAndIncrement();
      long begun = System.nanoTime();
      Thread asking = Thread.currentThread();
      gate.inTurn(
              tenant,
              turn ->
                  gate.admitted(
                          new Demand(tenant, 150, 1, null, 0),
                          turn,
                          reservation -> begun(reservation))
                      .then())
          .doOnTerminate(() -> {
            nanos[number] = System.nanoTime() - begun;
            waited.addAndGet(Thread.currentThread() == asking ? 0 : 1);
            open.decrementAndGet();
          })
          .onErrorComplete(QuotaException.class)
          .subscribe();
    }

    private Flux<Object> begun(Reservation reservation) {
      admitted.incrementAndGet();
      var _ = ENDS.schedule(() -> reservation.settle(100), 100, TimeUnit.MILLISECONDS);
      return Flux.empty();
    }

    void print(int tenants, int rate, double allowed, long statements, long statementNanos) {
      long[] sorted = Arrays.copyOf(nanos, asked.get());
      Arrays.sort(sorted);
      double in = admitted.get() / (double) SECONDS;
      double would = Math.min(asked.get() / (double) SECONDS, allowed);
      System.out.printf(
          "%7d %-7s %8d %10.0f %9.0f %6.1f%% %6.1f%% %8d %7d %8d %13.0f %8.1f%n",
          tenants,
          Arrays.toString(split).replaceAll("[\\[\\] ]", ""),
          rate,
          in,
          would,
          100 * (in / would - 1),
          100.0 * waited.get() / asked.get(),
          sorted[sorted.length / 2] / 1000,
          sorted[(int) (sorted.length * 0.99)] / 1000,
          sorted[(int) (sorted.length * 0.999)] / 1000,
          statements / (double) SECONDS,
          statementNanos / 1e6 / Math.max(1, statements));
    }
  }
}
