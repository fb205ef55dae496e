package dev.heddle.experts;

import static dev.heddle.experts.FakeAdapters.expert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.heddle.format.Digest;
import dev.heddle.format.FormatException;
import dev.heddle.format.adapter.AdapterManifest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ExpertWeightManagerTest {
  @Test
  void a_demand_gets_its_lease_when_its_adapter_is_in_the_map() {
    World world = new World(4, 2);
    Digest adapter = world.adapter("a", 3);
    AdapterDemand demand = world.manager.demand(adapter);
    assertThat(demand.tryLease()).isNull();
    world.settle();
    AdapterLease lease = demand.tryLease();
    assertThat(lease.adapter()).isEqualTo(adapter);
    world.requireRow(lease);
    assertThat(world.wakeUps).isPositive();
  }

  @Test
  void an_adapter_equal_to_the_base_takes_a_row_and_no_slot() {
    World world = new World(0, 1);
    Digest adapter = world.adapters.add("same");
    world.requireRow(world.lease(adapter));
  }

  @Test
  void slots_whose_clearing_failed_are_cleared_later() {
    World world = new World(3, 2);
    Digest first = world.adapter("a", 3);
    world.load(first);
    world.backend.clearsThatFail = 2;

    AdapterDemand second = world.manager.demand(world.adapter("b", 3));
    for (int round = 0; round < 8; round++) { // there is a longer pause before each attempt
      world.settle();
    }

    assertThat(second.tryLease()).isNotNull();
    assertThat(world.resident(first)).isFalse();
    assertThat(world.backend.filledSlots()).isEqualTo(3);
  }

  @Test
  void a_load_that_waits_for_slots_can_be_stopped() {
    World world = new World(3, 2);
    world.load(world.adapter("a", 3));
    world.startStep(); // its slots stay until this step ends
    AdapterDemand waiting = world.manager.demand(world.adapter("b", 3));
    world.manager.betweenSteps(world.started, world.finished);
    world.executor.runAll();
    world.manager.betweenSteps(world.started, world.finished);
    world.manager.checkIntegrity();

    world.manager.close();

    assertThatThrownBy(waiting::tryLease).isInstanceOf(AdapterLoadException.class);
    world.manager.checkIntegrity();
  }

  @Test
  void demands_for_an_adapter_being_loaded_join_its_load() {
    World world = new World(4, 2);
    Digest adapter = world.adapter("a", 3);
    AdapterDemand first = world.manager.demand(adapter);
    world.manager.betweenSteps(0, 0);
    AdapterDemand second = world.manager.demand(adapter);
    world.settle();
    assertThat(first.tryLease()).isNotNull();
    assertThat(second.tryLease()).isNotNull();
    assertThat(world.adapters.opened).hasValue(1);
  }

  @Test
  void an_expert_of_two_adapters_sits_once_and_stays_for_the_second() {
    World world = new World(3, 2);
    Digest first =
        world.adapters.add(
            "a1", FakeAdapters.expert(1, 0, "same"), FakeAdapters.expert(2, 1, "one"));
    Digest second =
        world.adapters.add(
            "a2", FakeAdapters.expert(1, 0, "same"), FakeAdapters.expert(2, 1, "two"));
    world.load(first);
    AdapterLease lease = world.lease(second);
    assertThat(world.backend.filledSlots()).isEqualTo(3);
    assertThat(world.manager.stats().residents())
        .allSatisfy(resident -> assertThat(resident.ownSlots()).isEqualTo(1))
        .allSatisfy(resident -> assertThat(resident.sharedSlots()).isEqualTo(1));
    world.unload(first);
    world.settle();
    assertThat(world.backend.filledSlots()).isEqualTo(2);
    world.requireRow(lease);
  }

  @Test
  void two_loads_of_one_expert_at_once_fill_it_once() {
    World world = new World(3, 2);
    Digest first = world.adapters.add("a1", FakeAdapters.expert(1, 0, "same"));
    Digest second = world.adapters.add("a2", FakeAdapters.expert(2, 3, "same"));
    world.prefetch(first);
    world.prefetch(second);
    world.settle();
    assertThat(world.resident(first)).isTrue();
    assertThat(world.resident(second)).isTrue();
    assertThat(world.backend.filledSlots()).isEqualTo(1);
  }

  @Test
  void when_the_load_that_brings_a_common_expert_fails_the_other_brings_it_itself() {
    World world = new World(3, 2);
    Digest broken = world.adapters.add("a1", FakeAdapters.expert(1, 0, "same"));
    Digest sound = world.adapters.add("a2", FakeAdapters.expert(1, 0, "same"));
    world.adapters.brokenWhileReading = broken::equals;
    AdapterDemand failing = world.manager.demand(broken);
    AdapterDemand passing = world.manager.demand(sound);
    world.settle();
    assertThatThrownBy(failing::tryLease).hasMessageContaining("the disk is gone");
    world.requireRow(passing.tryLease());
  }

  @Test
  void a_failed_load_gives_everything_back_and_only_its_waiters_hear_of_it() {
    World world = new World(4, 2);
    Digest adapter = world.adapter("a", 3);
    world.adapters.brokenWhileReading = adapter::equals;
    AdapterDemand waiting = world.manager.demand(adapter);
    CompletableFuture<Void> prefetch = world.manager.prefetch(adapter);
    world.settle();
    assertThatThrownBy(waiting::tryLease)
        .isInstanceOf(AdapterLoadException.class)
        .hasMessageContaining("the disk is gone");
    assertThat(prefetch).isCompletedExceptionally();
    assertThat(world.backend.filledSlots()).isZero();
    assertThat(world.manager.stats().freeSlots()).isEqualTo(4);
    assertThat(world.adapters.open).hasValue(0);

    world.adapters.brokenWhileReading = any -> false;
    world.requireRow(world.lease(adapter));
  }

  @Test
  void a_source_that_is_not_what_was_asked_for_is_refused_with_every_fault() {
    World world = new World(4, 2);
    Digest asked = FakeAdapters.digest("asked");
    world.adapters.manifests.put(
        asked,
        new AdapterManifest(
            FakeAdapters.digest("other"),
            FakeAdapters.digest("other base"),
            List.of(FakeAdapters.expert(0, 0, "dense"), FakeAdapters.expert(1, 5, "beyond")),
            2));
    AdapterDemand demand = world.manager.demand(asked);
    world.settle();
    assertThatThrownBy(demand::tryLease)
        .hasRootCauseInstanceOf(FormatException.class)
        .hasMessageContaining("digest-mismatch")
        .hasMessageContaining("base-mismatch")
        .hasMessageContaining("layer 0")
        .hasMessageContaining("column 5");
    assertThat(world.adapters.open).hasValue(0);
  }

  @Test
  void an_adapter_larger_than_the_pool_fails_at_once_with_the_numbers() {
    World world = new World(4, 2);
    AdapterDemand demand = world.manager.demand(world.adapter("large", 5));
    world.settle();
    assertThatThrownBy(demand::tryLease)
        .hasMessageContaining("needs 5 slots")
        .hasMessageContaining("has 4");
  }

  @Test
  void an_adapter_that_does_not_fit_beside_pinned_ones_fails_at_once() {
    World world = new World(4, 2);
    world.pin(world.adapter("pinned", 2));
    world.settle();
    AdapterDemand demand = world.manager.demand(world.adapter("b", 3));
    world.settle();
    assertThatThrownBy(demand::tryLease).hasMessageContaining("2 of them pinned");
  }

  @Test
  void least_recently_used_adapters_leave_first_and_only_as_many_as_needed() {
    World world = new World(6, 6);
    Digest oldest = world.adapter("oldest", 2);
    Digest leased = world.adapter("leased", 1);
    Digest pinned = world.adapter("pinned", 1);
    Digest newest = world.adapter("newest", 2);
    world.load(oldest);
    world.lease(leased);
    world.pin(pinned);
    world.settle();
    world.load(newest);
    world.load(world.adapter("next", 2));
    assertThat(world.resident(oldest)).isFalse();
    assertThat(List.of(leased, pinned, newest)).allMatch(world::resident);
  }

  @Test
  void an_older_adapter_is_spared_if_a_younger_one_frees_enough_alone() {
    World world = new World(4, 4);
    Digest small = world.adapter("small", 1);
    Digest large = world.adapter("large", 3);
    world.load(small);
    world.load(large);
    world.load(world.adapter("next", 3));
    assertThat(world.resident(small)).isTrue();
    assertThat(world.resident(large)).isFalse();
  }

  @Test
  void experts_that_a_load_can_share_with_its_victim_stay() {
    World world = new World(2, 2);
    Digest first = world.adapters.add("v1", FakeAdapters.expert(1, 0, "x"));
    Digest second =
        world.adapters.add("v2", FakeAdapters.expert(1, 0, "x"), FakeAdapters.expert(1, 1, "y"));
    world.load(first);
    world.load(world.adapter("other", 1));
    world.load(second);
    assertThat(world.resident(second)).isTrue();
    assertThat(world.backend.filledSlots()).isEqualTo(2);
  }

  @Test
  void rows_are_made_free_like_slots() {
    World world = new World(6, 1);
    Digest first = world.adapter("a", 1);
    world.load(first);
    world.load(world.adapter("b", 1));
    assertThat(world.resident(first)).isFalse();
  }

  @Test
  void a_freed_slot_is_written_only_after_the_last_step_that_saw_it() {
    World world = new World(2, 2);
    world.load(world.adapter("a", 2));
    world.startStep();
    AdapterDemand demand = world.manager.demand(world.adapter("b", 2));
    world.settle();
    world.startStep();
    world.settle();
    assertThat(demand.tryLease()).isNull();
    world.finishStep(); // the one that saw it; the later one did not
    world.settle();
    world.requireRow(demand.tryLease());
  }

  @Test
  void an_urgent_load_stops_its_victim_from_admitting_until_the_leases_end() {
    World world = new World(2, 2);
    Digest busy = world.adapter("busy", 2);
    AdapterLease running = world.lease(busy);
    AdapterDemand urgent = world.manager.demand(world.adapter("b", 1));
    world.settle();
    assertThat(world.manager.demand(busy).tryLease()).as("before it is urgent").isNotNull();
    world.advance(WAIT_HALF);
    world.settle();
    AdapterDemand late = world.manager.demand(busy);
    assertThat(late.tryLease()).as("while closed").isNull();
    assertThat(urgent.tryLease()).isNull();
    world.requireRow(running);
  }

  private static final Duration WAIT_HALF = World.WAIT.dividedBy(2);

  @Test
  void a_victim_leaves_with_its_last_lease_and_comes_back_for_those_who_wait() {
    World world = new World(2, 2);
    Digest busy = world.adapter("busy", 2);
    AdapterLease running = world.lease(busy);
    AdapterDemand urgent = world.manager.demand(world.adapter("b", 1));
    world.settle();
    world.advance(WAIT_HALF);
    world.settle();
    AdapterDemand again = world.manager.demand(busy);
    running.giveBack();
    world.settle();
    AdapterLease other = urgent.tryLease();
    world.requireRow(other);
    other.giveBack();
    world.advance(WAIT_HALF);
    world.settle();
    world.requireRow(again.tryLease());
  }

  @Test
  void a_victim_admits_again_when_the_urgent_load_is_given_up() {
    World world = new World(2, 2);
    Digest busy = world.adapter("busy", 2);
    world.lease(busy);
    AdapterDemand urgent = world.manager.demand(world.adapter("b", 1));
    world.settle();
    world.advance(WAIT_HALF);
    world.settle();
    urgent.withdraw();
    world.settle();
    assertThat(world.manager.demand(busy).tryLease()).isNotNull();
    assertThat(world.adapters.open).hasValue(0);
  }

  @Test
  void a_small_load_overtakes_one_that_waits_but_not_an_urgent_one() {
    World world = new World(4, 4);
    AdapterLease busy = world.lease(world.adapter("busy", 2));
    AdapterDemand large = world.manager.demand(world.adapter("large", 4));
    world.settle();
    world.lease(world.adapter("small", 1));
    world.advance(WAIT_HALF);
    AdapterDemand tiny = world.manager.demand(world.adapter("tiny", 1));
    world.settle();
    assertThat(tiny.tryLease()).isNull();
    assertThat(large.tryLease()).isNull();
    world.requireRow(busy);
  }

  @Test
  void a_wait_that_runs_out_says_how_far_the_load_was() {
    World world = new World(2, 2);
    world.lease(world.adapter("busy", 2));
    AdapterDemand demand = world.manager.demand(world.adapter("b", 1));
    CompletableFuture<Void> prefetch = world.manager.prefetch(demand.adapter());
    world.settle();
    world.advance(World.WAIT.plusMillis(1));
    world.settle();
    assertThatThrownBy(demand::tryLease).hasMessageContaining("within 100 ms (waiting)");
    world.settle();
    assertThat(prefetch).isCompletedExceptionally();
    assertThat(world.adapters.open).hasValue(0);
  }

  @Test
  void unload_takes_a_pinned_adapter_out_when_its_last_lease_ends() {
    World world = new World(2, 2);
    Digest adapter = world.adapter("a", 2);
    world.pin(adapter);
    AdapterLease lease = world.lease(adapter);
    CompletableFuture<Void> unloaded = world.manager.unload(adapter);
    world.settle();
    assertThat(unloaded).isNotDone();
    assertThat(world.manager.stats().residents().getFirst().admitting()).isFalse();
    lease.giveBack();
    world.settle();
    assertThat(unloaded).isCompleted();
    assertThat(world.backend.filledSlots()).isZero();
  }

  @Test
  void who_waits_for_a_resident_adapter_to_leave_or_to_come_back_is_told_at_the_end() {
    World world = new World(2, 2);
    Digest adapter = world.adapter("a", 2);
    world.load(adapter);
    CompletableFuture<Void> unloaded = world.manager.unload(adapter);
    CompletableFuture<Void> again = world.manager.prefetch(adapter);
    world.manager.close(); // without another step
    assertThat(unloaded).isCompleted();
    assertThat(again).isCompletedExceptionally();
  }

  @Test
  void a_lease_or_a_demand_ends_once() {
    World world = new World(2, 2);
    AdapterDemand demand = world.manager.demand(world.adapter("a", 2));
    world.settle();
    AdapterLease lease = demand.tryLease();
    lease.giveBack();
    assertThatThrownBy(lease::giveBack).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(lease::row).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(demand::withdraw).isInstanceOf(IllegalStateException.class);
    world.manager.checkIntegrity();
  }

  @Test
  void more_adapters_than_may_wait_are_refused() {
    World world =
        new World(new ResidencyConfig(World.LAYOUT.baseSlots() + 2, 2, World.WAIT, 0.5, 1, 2, 1));
    world.manager.demand(world.adapter("a", 1));
    world.manager.demand(world.adapter("b", 1));
    AdapterDemand third = world.manager.demand(world.adapter("c", 1));
    assertThatThrownBy(third::tryLease).hasMessageContaining("too many");
  }

  @Test
  void closing_ends_loads_wherever_they_are() {
    World world = new World(2, 3);
    world.lease(world.adapter("busy", 1));
    AdapterDemand waiting = world.manager.demand(world.adapter("waits for slots", 2));
    world.settle();
    AdapterDemand opening = world.manager.demand(world.adapter("opens", 1));
    CompletableFuture<Void> prefetch = world.manager.prefetch(opening.adapter());
    world.manager.betweenSteps(0, 0);
    world.manager.close();
    assertThatThrownBy(waiting::tryLease).isInstanceOf(AdapterLoadException.class);
    assertThatThrownBy(opening::tryLease).isInstanceOf(AdapterLoadException.class);
    assertThat(prefetch).isCompletedExceptionally();
    assertThat(world.adapters.open).hasValue(0);
    world.manager.checkIntegrity();
  }

  @Test
  void statistics_tell_hits_loads_and_times() {
    World world = new World(2, 2);
    Digest adapter = world.adapter("a", 2);
    world.load(adapter);
    world.advance(Duration.ofMillis(30));
    AdapterLease hit = world.manager.demand(adapter).tryLease();
    world.advance(Duration.ofMillis(5));
    AdapterDemand waiting = world.manager.demand(world.adapter("b", 1));
    world.settle();
    ResidencyStats stats = world.manager.stats();
    ResidencyStats.Resident resident = stats.residents().getFirst();
    assertThat(resident)
        .isEqualTo(
            new ResidencyStats.Resident(
                adapter,
                hit.row(),
                2,
                0,
                Duration.ofMillis(35),
                Duration.ofMillis(5),
                1,
                1,
                1,
                false,
                true));
    assertThat(stats.waiting())
        .containsExactly(new ResidencyStats.Waiting(waiting.adapter(), Duration.ZERO, "waiting"));
    assertThat(stats.loads()).isEqualTo(1);
    assertThat(stats.freeSlots()).isZero();
  }

  @Test
  void each_slot_in_use_is_told_with_its_place_and_with_all_who_use_it() {
    World world = new World(6, 3);
    Digest one = world.adapters.add("one", expert(1, 0, "x"), expert(1, 3, "y"));
    Digest two = world.adapters.add("two", expert(1, 0, "x"), expert(2, 4, "z"));
    world.load(one);
    world.load(two);
    world.load(world.adapters.add("base alone"));

    SlotMap map = world.manager.slots();

    assertThat(map.widest()).isEqualTo(2);
    assertThat(map.uses()).extracting(SlotMap.Use::slot).isSorted().doesNotHaveDuplicates();
    assertThat(map.uses())
        .extracting(SlotMap.Use::layer, SlotMap.Use::column, use -> Set.copyOf(use.adapters()))
        .containsExactlyInAnyOrder(
            tuple(1, 0, Set.of(one, two)), tuple(1, 3, Set.of(one)), tuple(2, 4, Set.of(two)));
  }
}
