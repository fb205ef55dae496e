package dev.heddle.experts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The manager with real loader threads; the test's own thread is the step thread. */
class ResidencyThreadsTest {
  private static final int REQUESTS = 3_000;
  private static final int SLOTS = 8;

  @Test
  @Timeout(60)
  void every_request_is_served_with_its_own_experts_while_loaders_write() throws Exception {
    long seed = 7;
    Random random = new Random(seed);
    FakeAdapters catalog = new FakeAdapters();
    List<Digest> adapters = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      adapters.add(
          catalog.add(
              "adapter " + i,
              FakeAdapters.expert(1, i % 5, "own " + i),
              FakeAdapters.expert(2, 1, "common " + i % 2),
              FakeAdapters.expert(2, 4, "also own " + i)));
    }
    FakeBackend backend = new FakeBackend(World.LAYOUT, World.LAYOUT.baseSlots() + SLOTS, 3);
    Semaphore news = new Semaphore(0);
    ExpertWeightManager manager =
        new ExpertWeightManager(
            World.LAYOUT,
            new ResidencyConfig(
                World.LAYOUT.baseSlots() + SLOTS, 3, Duration.ofMinutes(1), 0, 4, 16, 3),
            () -> FakeAdapters.BASE,
            catalog,
            backend,
            Executors.newFixedThreadPool(4),
            System::nanoTime,
            news::release);
    List<AdapterDemand> demands = new ArrayList<>();
    List<AdapterLease> leases = new ArrayList<>();
    int arrived = 0;
    int served = 0;
    for (long step = 1; served < REQUESTS; step++) {
      while (arrived < REQUESTS && demands.size() < 8) {
        demands.add(manager.demand(adapters.get(random.nextInt(adapters.size()))));
        arrived++;
      }
      manager.betweenSteps(step - 1, step - 1);
      for (int i = demands.size() - 1; i >= 0; i--) {
        AdapterLease lease = demands.get(i).tryLease();
        if (lease != null) {
          leases.add(lease);
          demands.remove(i);
        }
      }
      backend.stepStarts();
      for (AdapterLease lease : leases) {
        backend.requireRow(lease.row(), catalog.manifests.get(lease.adapter()).experts());
      }
      backend.stepFinishes();
      while (!leases.isEmpty() && random.nextInt(4) > 0) {
        leases.removeLast().giveBack();
        served++;
      }
      manager.checkIntegrity();
      if (leases.isEmpty() && news.tryAcquire(2, TimeUnit.MILLISECONDS)) {
        news.drainPermits();
      }
    }
    manager.close();
    assertThat(manager.stats().failures()).as("seed %d", seed).isZero();
    assertThat(catalog.open).hasValue(0);
  }
}
