package dev.heddle.app.quota;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.TenantLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The gate against a model of it, one request at a time; then by many threads, against sums. */
class QuotaModelTest {
  private static final UUID TENANT = new UUID(1, 1);

  /** Buckets in sixty-billionths, so that nothing is rounded. */
  private static final class Model {
    private static final long MINUTE = 60_000_000_000L;
    final TenantLimits limits;
    final Map<Digest, Integer> adapters = new HashMap<>();
    long requests;
    long tokens;
    int sequences;

    Model(TenantLimits limits) {
      this.limits = limits;
      pass(MINUTE);
    }

    void pass(long nanos) {
      requests = Math.min(requests + nanos * limits.requestsPerMinute(), MINUTE * requestsMax());
      tokens = Math.min(tokens + nanos * limits.tokensPerMinute(), MINUTE * tokensMax());
    }

    private long requestsMax() {
      return limits.requestsPerMinute();
    }

    private long tokensMax() {
      return limits.tokensPerMinute();
    }

    boolean admit(Demand demand) {
      int slots = adapters.keySet().stream().mapToInt(QuotaModelTest::slotsOf).sum();
      boolean more = demand.adapter() != null;
      boolean added = more && !adapters.containsKey(demand.adapter());
      if (requests < MINUTE
          || tokens < MINUTE * demand.tokens()
          || sequences + demand.sequences() > limits.concurrentSequences()
          || (more && slots + (added ? demand.slots() : 0) > limits.residentSlots())) {
        return false;
      }
      requests -= MINUTE;
      tokens -= MINUTE * demand.tokens();
      sequences += demand.sequences();
      if (more) {
        adapters.merge(demand.adapter(), 1, Integer::sum);
      }
      return true;
    }

    void end(Demand demand, long used, boolean counts) {
      tokens = Math.min(tokens + MINUTE * (demand.tokens() - used), MINUTE * tokensMax());
      requests = Math.min(requests + (counts ? 0 : MINUTE), MINUTE * requestsMax());
      sequences -= demand.sequences();
      if (demand.adapter() != null) {
        adapters.computeIfPresent(demand.adapter(), (d, n) -> n == 1 ? null : n - 1);
      }
    }
  }

  @Test
  void decides_as_the_model_does_whatever_comes_and_goes_in_whatever_order() {
    long seeds = new Random().nextLong();
    for (int round = 0; round < 200; round++) {
      long seed = seeds + round;
      Random random = new Random(seed);
      TenantLimits limits = randomLimits(random);
      AtomicLong now = new AtomicLong(random.nextLong(1L << 40));
      QuotaGate gate = new QuotaGate(t -> limits, t -> Map.of(), now::get, limit -> {});
      Model model = new Model(limits);
      Map<Reservation, Demand> open = new HashMap<>();
      for (int i = 0; i < 200; i++) {
        switch (random.nextInt(4)) {
          case 0 -> {
            long nanos = random.nextLong(5_000_000_000L);
            now.addAndGet(nanos);
            model.pass(nanos);
          }
          case 1 -> {
            if (!open.isEmpty()) {
              Reservation ended = List.copyOf(open.keySet()).get(random.nextInt(open.size()));
              Demand demand = open.remove(ended);
              boolean counts = random.nextInt(4) > 0;
              long used = counts ? random.nextLong(demand.tokens() + 1) : 0;
              end(ended, used, counts);
              model.end(demand, used, counts);
            }
          }
          default -> {
            Demand demand = randomDemand(random);
            Reservation reservation = tryAdmit(gate, demand);
            assertThat(reservation != null).as("seed %d", seed).isEqualTo(model.admit(demand));
            if (reservation != null) {
              open.put(reservation, demand);
            }
          }
        }
        assertThat(QuotaCalls.consumption(gate, TENANT).tokens().remaining())
            .as("seed %d", seed)
            .isEqualTo(model.tokens / Model.MINUTE);
      }
    }
  }

  @Test
  void never_lets_in_too_much_and_is_empty_when_all_have_ended_however_many_threads_ask()
      throws Exception {
    long seed = new Random().nextLong();
    TenantLimits limits = new TenantLimits(1, 100_000L, 1_000_000L, 20, null, 60);
    AtomicLong frozen = new AtomicLong(7);
    QuotaGate gate = new QuotaGate(t -> limits, t -> Map.of(), frozen::get, limit -> {});
    AtomicInteger sequences = new AtomicInteger();
    AtomicLong charged = new AtomicLong();
    AtomicLong counted = new AtomicLong();
    AtomicInteger refused = new AtomicInteger();
    List<String> faults = new ArrayList<>();
    Map<Digest, AtomicInteger> inUse = new HashMap<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 16; t++) {
      Random random = new Random(seed + t);
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 2000; i++) {
                  Demand demand = randomDemand(random);
                  Reservation reservation = tryAdmit(gate, demand);
                  if (reservation == null) {
                    refused.incrementAndGet();
                    continue;
                  }
                  enter(demand, sequences, inUse, faults);
                  if (random.nextInt(4) == 0) {
                    Thread.onSpinWait();
                  }
                  leave(demand, sequences, inUse);
                  boolean counts = random.nextInt(4) > 0;
                  long used = counts ? random.nextLong(demand.tokens() + 1) : 0;
                  end(reservation, used, counts);
                  end(reservation, 0, false); // too late
                  charged.addAndGet(used);
                  counted.addAndGet(counts ? 1 : 0);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(faults).as("seed %d", seed).isEmpty();
    assertThat(refused.get()).as("seed %d: limits were met", seed).isPositive();
    Consumption left = QuotaCalls.consumption(gate, TENANT);
    assertThat(left.concurrentSequences()).isZero();
    assertThat(left.residentSlots()).isZero();
    assertThat(left.requests().remaining()).isEqualTo(100_000 - counted.get());
    assertThat(left.tokens().remaining()).isEqualTo(1_000_000 - charged.get());
  }

  @Test
  void of_threads_that_race_for_the_last_of_a_limit_just_as_many_get_it_as_there_is()
      throws Exception {
    for (int round = 0; round < 50; round++) {
      TenantLimits limits = new TenantLimits(1, 1000L, 100L, 1000, null, null);
      QuotaGate gate = new QuotaGate(t -> limits, t -> Map.of(), () -> 0, limit -> {});
      AtomicInteger admitted = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  for (int i = 0; i < 4; i++) {
                    Demand demand = new Demand(TENANT, 7, 1, null, 0);
                    admitted.addAndGet(tryAdmit(gate, demand) == null ? 0 : 1);
                  }
                }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(admitted.get()).isEqualTo(100 / 7);
    }
  }

  private static void enter(
      Demand demand,
      AtomicInteger sequences,
      Map<Digest, AtomicInteger> inUse,
      List<String> faults) {
    int now = sequences.addAndGet(demand.sequences());
    int slots = 0;
    synchronized (inUse) {
      if (demand.adapter() != null) {
        inUse.computeIfAbsent(demand.adapter(), d -> new AtomicInteger()).incrementAndGet();
      }
      for (Map.Entry<Digest, AtomicInteger> adapter : inUse.entrySet()) {
        slots += adapter.getValue().get() > 0 ? slotsOf(adapter.getKey()) : 0;
      }
    }
    if (now > 20 || slots > 60) {
      synchronized (faults) {
        faults.add(now + " sequences, " + slots + " slots");
      }
    }
  }

  private static void leave(
      Demand demand, AtomicInteger sequences, Map<Digest, AtomicInteger> inUse) {
    synchronized (inUse) {
      if (demand.adapter() != null) {
        inUse.get(demand.adapter()).decrementAndGet();
      }
    }
    sequences.addAndGet(-demand.sequences());
  }

  private static void end(Reservation reservation, long used, boolean counts) {
    if (counts) {
      reservation.settle(used);
    } else {
      reservation.refund();
    }
  }

  private static Reservation tryAdmit(QuotaGate gate, Demand demand) {
    try {
      return QuotaCalls.admit(gate, demand);
    } catch (QuotaException e) {
      return null;
    }
  }

  private static TenantLimits randomLimits(Random random) {
    return new TenantLimits(
        1,
        1L + random.nextInt(100),
        100L + random.nextInt(2000),
        3 + random.nextInt(10),
        null,
        40 + random.nextInt(60));
  }

  private static Demand randomDemand(Random random) {
    int which = random.nextInt(5);
    Digest adapter = which == 0 ? null : new Digest(("" + which).repeat(64));
    return new Demand(
        TENANT,
        1 + random.nextInt(100),
        1 + random.nextInt(3),
        adapter,
        adapter == null ? 0 : slotsOf(adapter));
  }

  /** 10 to 40. */
  private static int slotsOf(Digest adapter) {
    return 10 * (adapter.hex().charAt(0) - '0');
  }
}
