package dev.heddle.experts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * More adapters than fit, three of them asked for without a pause: as long as leases end, every
 * request gets its turn.
 */
class StarvationTest {
  private static final int ADAPTERS = 8;
  private static final int HOT = 3;
  private static final int SLOTS = 8;
  private static final int TICKS = 4_000;
  private static final Duration WAIT = Duration.ofSeconds(1);

  private record Held(AdapterLease lease, int until) {}

  @Test
  void nobody_waits_in_vain_while_leases_end() {
    for (long seed = 0; seed < 20; seed++) {
      assertThat(refused(seed, 0.02)).as("requests refused, seed %d", seed).isZero();
    }
  }

  @Test
  void without_victims_that_stop_admitting_hot_adapters_would_starve_others() {
    assertThat(refused(1, 1.0)).isPositive();
  }

  /** Runs a millisecond a tick; says how many requests waited longer than they may. */
  private static int refused(long seed, double urgentShare) {
    Random random = new Random(seed);
    World world =
        new World(
            new ResidencyConfig(
                World.LAYOUT.baseSlots() + SLOTS, 4, WAIT, urgentShare, 4, 2 * ADAPTERS, 2));
    List<Digest> adapters = new ArrayList<>();
    for (int i = 0; i < ADAPTERS; i++) {
      adapters.add(world.adapter("adapter " + i, i < HOT ? 2 : 1 + random.nextInt(8)));
    }
    List<AdapterDemand> demands = new ArrayList<>();
    List<Held> held = new ArrayList<>();
    int refused = 0;
    for (int tick = 0; tick < TICKS; tick++) {
      for (int i = 0; i < HOT; i++) {
        demands.add(world.manager.demand(adapters.get(i)));
      }
      if (random.nextInt(10) == 0) {
        demands.add(world.manager.demand(adapters.get(random.nextInt(ADAPTERS))));
      }
      for (int i = random.nextInt(3); i > 0 && world.executor.pending() > 0; i--) {
        world.executor.run(0);
      }
      world.manager.betweenSteps(tick, tick);
      refused += admit(demands, held, tick + 1 + random.nextInt(10));
      giveBack(held, tick);
      world.advance(Duration.ofMillis(1));
    }
    world.manager.checkIntegrity();
    return refused;
  }

  private static int admit(List<AdapterDemand> demands, List<Held> held, int until) {
    int refused = 0;
    for (int i = demands.size() - 1; i >= 0; i--) {
      try {
        AdapterLease lease = demands.get(i).tryLease();
        if (lease != null) {
          held.add(new Held(lease, until));
          demands.remove(i);
        }
      } catch (AdapterLoadException e) {
        demands.remove(i);
        refused++;
      }
    }
    return refused;
  }

  private static void giveBack(List<Held> held, int tick) {
    held.removeIf(one -> {
      if (one.until > tick) {
        return false;
      }
      one.lease.giveBack();
      return true;
    });
  }
}
