package dev.heddle.experts;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.TunedExpert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Requests, operators, loaders, steps and faults in random order, each event followed by every
 * check there is. The model it is compared with is a list of leases: what is leased must be
 * resident, readable and counted; what is not must leave nothing behind.
 *
 * <p>While a loader is in the middle of writing a slot, other events happen, as they would with
 * threads; yet all is one thread, so that a seed replays.
 */
final class ResidencySimulation {
  /** How often what happened. */
  static final class Tally {
    long events;
    long leases;
    long refusals;
    long loads;
    long failures;
    long evictions;
    long interleavings;

    void add(Tally other) {
      events += other.events;
      leases += other.leases;
      refusals += other.refusals;
      loads += other.loads;
      failures += other.failures;
      evictions += other.evictions;
      interleavings += other.interleavings;
    }

    @Override
    public String toString() {
      return ("residency simulation: events=%d leases=%d refusals=%d loads=%d failures=%d"
              + " evictions=%d interleavings=%d")
          .formatted(events, leases, refusals, loads, failures, evictions, interleavings);
    }
  }

  private static final int MAX_NESTING = 2;

  final Tally tally = new Tally();
  private final Random random;
  private final World world;
  private final int slots;
  private final List<Digest> adapters = new ArrayList<>();
  private final List<AdapterDemand> demands = new ArrayList<>();
  private final List<AdapterLease> leases = new ArrayList<>();
  private int nesting;
  private double faults;

  ResidencySimulation(long seed) {
    random = new Random(seed);
    slots = 4 + random.nextInt(14);
    int rows = 1 + random.nextInt(5);
    int loads = 1 + random.nextInt(4);
    Duration wait = Duration.ofMillis(20 + random.nextInt(200));
    world =
        new World(
            new ResidencyConfig(
                World.LAYOUT.baseSlots() + slots, rows, wait, random.nextDouble(), loads, 8, 2));
    for (int i = 0; i < 12; i++) {
      adapters.add(randomAdapter("adapter " + i));
    }
    adapters.add(FakeAdapters.digest("unknown"));
    world.adapters.brokenAtOpening = adapter -> random.nextDouble() < faults;
    world.adapters.brokenWhileReading = adapter -> random.nextDouble() < faults;
    world.backend.meanwhile = this::meanwhile;
  }

  /**
   * Experts drawn from a few contents, so that adapters share them; some adapters are too large.
   */
  private Digest randomAdapter(String name) {
    List<TunedExpert> experts = new ArrayList<>();
    double density = random.nextDouble() * random.nextDouble();
    for (int layer = 1; layer <= World.LAYOUT.moeLayers(); layer++) {
      for (int column = 0; column < World.LAYOUT.columns(); column++) {
        if (random.nextDouble() < density) {
          boolean common = random.nextInt(3) == 0;
          String content = common ? "common " + random.nextInt(6) : name + layer + "." + column;
          experts.add(FakeAdapters.expert(layer, column, content));
        }
      }
    }
    return world.adapters.add(name, experts.toArray(TunedExpert[]::new));
  }

  void run(int events) {
    while (tally.events < events) {
      if (random.nextInt(500) == 0) {
        faults = random.nextBoolean() ? 0 : 0.2 * random.nextDouble();
      }
      event();
    }
  }

  private void event() {
    tally.events++;
    switch (random.nextInt(32)) {
      case 0, 1, 2, 3, 4 -> demand();
      case 5, 6, 7, 8, 9, 10 -> tryLease();
      case 11, 12, 13, 14 -> giveBack();
      case 15 -> withdraw();
      case 16, 17, 18, 19, 20 -> world.manager.betweenSteps(world.started, world.finished);
      case 21, 22, 23, 24, 25, 26 -> work();
      case 27 -> startStep();
      case 28, 29 -> finishStep();
      case 30 -> world.advance(Duration.ofMillis(random.nextInt(10)));
      default -> operate();
    }
    check();
  }

  private void operate() {
    Digest adapter = adapters.get(random.nextInt(adapters.size()));
    switch (random.nextInt(8)) {
      case 0 -> world.pin(adapter);
      case 1, 2, 3 -> world.manager.unpin(adapter);
      case 4, 5 -> world.unload(adapter);
      default -> world.prefetch(adapter);
    }
  }

  private void demand() {
    if (demands.size() < 10) {
      demands.add(world.manager.demand(adapters.get(random.nextInt(adapters.size()))));
    }
  }

  private void tryLease() {
    if (demands.isEmpty()) {
      return;
    }
    int index = random.nextInt(demands.size());
    AdapterDemand demand = demands.get(index);
    try {
      AdapterLease lease = demand.tryLease();
      if (lease != null) {
        leases.add(lease);
        demands.remove(index);
        tally.leases++;
      }
    } catch (AdapterLoadException e) {
      demands.remove(index);
      tally.refusals++;
    }
  }

  private void giveBack() {
    if (!leases.isEmpty()) {
      leases.remove(random.nextInt(leases.size())).giveBack();
    }
  }

  private void withdraw() {
    if (!demands.isEmpty()) {
      demands.remove(random.nextInt(demands.size())).withdraw();
    }
  }

  private void work() {
    if (world.executor.pending() > 0) {
      world.executor.run(random.nextInt(world.executor.pending()));
    }
  }

  /** A runtime has let the manager work before it starts a step; two may be in flight. */
  private void startStep() {
    if (world.backend.inFlight() < 2) {
      world.manager.betweenSteps(world.started, world.finished);
      world.startStep();
    }
  }

  private void finishStep() {
    if (world.backend.inFlight() > 0) {
      world.finishStep();
    }
  }

  private void meanwhile() {
    if (nesting < MAX_NESTING && random.nextInt(3) == 0) {
      nesting++;
      for (int i = random.nextInt(8); i >= 0; i--) {
        tally.interleavings++;
        event();
      }
      nesting--;
    }
  }

  private void check() {
    world.manager.checkIntegrity();
    Map<Digest, Integer> leased = new HashMap<>();
    for (AdapterLease lease : leases) {
      world.requireRow(lease);
      leased.merge(lease.adapter(), 1, Integer::sum);
    }
    ResidencyStats stats = world.manager.stats();
    for (ResidencyStats.Resident resident : stats.residents()) {
      int expected = leased.getOrDefault(resident.adapter(), 0);
      if (resident.leases() != expected) {
        throw new AssertionError(resident + ", leased " + expected);
      }
      leased.remove(resident.adapter());
    }
    if (!leased.isEmpty()) {
      throw new AssertionError("leased but not resident: " + leased);
    }
  }

  /** Everybody goes: nothing may be left, neither in slots nor open. */
  void windDown() {
    faults = 0;
    leases.forEach(AdapterLease::giveBack);
    leases.clear();
    demands.forEach(AdapterDemand::withdraw);
    demands.clear();
    while (world.backend.inFlight() > 0) {
      world.finishStep();
    }
    world.backend.meanwhile = () -> {};
    for (int round = 0; round < 2; round++) { // a load under way is unloaded once it is resident
      adapters.forEach(world::unload);
      world.advance(Duration.ofSeconds(1));
      world.settle();
      world.settle();
    }
    ResidencyStats stats = world.manager.stats();
    tally.loads = stats.loads();
    tally.failures = stats.failures();
    tally.evictions = stats.evictions();
    if (stats.freeSlots() != slots
        || world.backend.filledSlots() != 0
        || world.adapters.open.get() != 0
        || !world.answered()
        || !stats.residents().isEmpty()
        || !stats.waiting().isEmpty()) {
      throw new AssertionError(
          "left behind: %d filled, %d open, %s"
              .formatted(world.backend.filledSlots(), world.adapters.open.get(), stats));
    }
  }
}
