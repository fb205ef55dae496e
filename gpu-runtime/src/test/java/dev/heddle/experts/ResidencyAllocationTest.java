package dev.heddle.experts;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class ResidencyAllocationTest {
  private static final int CALLS = 20_000;

  @Test
  void between_steps_nothing_is_allocated_while_nothing_changes() {
    World world = new World(4, 2);
    world.lease(world.adapter("busy", 3));
    AdapterDemand waiting = world.manager.demand(world.adapter("waiting", 2));
    world.settle();
    work(world, waiting); // compiled, and every class loaded
    long before = allocated();
    work(world, waiting);
    assertThat(allocated() - before).as("bytes in %d calls", CALLS).isLessThan(CALLS);
  }

  private static void work(World world, AdapterDemand waiting) {
    for (int i = 0; i < CALLS; i++) {
      world.manager.betweenSteps(i, i);
      assertThatIsNull(waiting.tryLease());
    }
  }

  private static void assertThatIsNull(AdapterLease lease) {
    if (lease != null) {
      throw new AssertionError("there is no room");
    }
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }
}
