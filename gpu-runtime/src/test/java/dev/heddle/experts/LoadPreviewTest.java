package dev.heddle.experts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.TunedExpert;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LoadPreviewTest {
  @Test
  void a_preview_names_those_that_the_load_then_evicts() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      World world = new World(4 + random.nextInt(12), 1 + random.nextInt(5));
      for (int i = 0; i < 12; i++) {
        world.nanos++; // so that idle times differ
        world.prefetch(adapter(world, random, i));
        world.settle();
      }
      List<Digest> before = residents(world);
      if (!before.isEmpty() && random.nextInt(3) == 0) {
        world.nanos++;
        world.pin(before.get(random.nextInt(before.size())));
        world.settle();
        before = residents(world); // what is pinned counts as used
      }
      int experts = random.nextInt(10);
      LoadPreview preview = world.manager.preview(experts);
      Digest loaded = world.adapter("new", experts);
      world.prefetch(loaded);
      world.settle();

      List<Digest> gone = new ArrayList<>(before);
      gone.removeAll(residents(world));
      assertThat(preview.evictions())
          .as("seed %d", seed)
          .extracting(LoadPreview.Leaving::adapter)
          .containsExactlyElementsOf(gone);
      assertThat(preview.atOnce()).as("seed %d", seed).isEqualTo(preview.possible());
      assertThat(world.resident(loaded)).as("seed %d", seed).isEqualTo(preview.possible());
      if (preview.possible()) {
        int freed = preview.evictions().stream().mapToInt(LoadPreview.Leaving::slots).sum();
        assertThat(world.manager.preview(0).available())
            .as("seed %d", seed)
            .isEqualTo(preview.available() + freed - experts);
      }
    }
  }

  @Test
  void an_adapter_in_use_would_leave_when_its_leases_end() {
    World world = new World(4, 2);
    Digest used = world.adapter("used", 3);
    AdapterLease lease = world.lease(used);

    LoadPreview preview = world.manager.preview(2);

    assertThat(preview.possible()).isTrue();
    assertThat(preview.atOnce()).isFalse();
    assertThat(preview.evictions()).containsExactly(new LoadPreview.Leaving(used, 3, 1));
    lease.giveBack();
    assertThat(world.manager.preview(2).atOnce()).isTrue();
  }

  @Test
  void beside_pinned_adapters_too_many_experts_are_impossible() {
    World world = new World(4, 2);
    world.pin(world.adapter("pinned", 3));
    world.settle();

    assertThat(world.manager.preview(1).possible()).isTrue();
    assertThat(world.manager.preview(2)).isEqualTo(new LoadPreview(4, 1, false, false, List.of()));
  }

  /** An adapter some of whose experts others may have too. */
  private static Digest adapter(World world, Random random, int number) {
    TunedExpert[] experts = new TunedExpert[random.nextInt(5)];
    for (int i = 0; i < experts.length; i++) {
      experts[i] = FakeAdapters.expert(1 + i / 5, i % 5, "common " + i + " " + random.nextInt(3));
    }
    return world.adapters.add("adapter " + number, experts);
  }

  /** Least recently used first. */
  private static List<Digest> residents(World world) {
    return world.manager.stats().residents().stream()
        .map(ResidencyStats.Resident::adapter)
        .toList();
  }
}
