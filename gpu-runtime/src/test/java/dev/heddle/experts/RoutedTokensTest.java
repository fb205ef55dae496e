package dev.heddle.experts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Whose tokens are whose: rows change hands, counters go round, steps fail. */
class RoutedTokensTest {
  /** Two MoE layers of four routed columns, two picked: see {@link World}. */
  private static final int LAYERS = 2;

  private final World world = new World(8, 2);

  @Test
  void a_resident_adapters_tokens_are_shown_with_its_tuned_columns_once_nothing_runs() {
    Digest adapter =
        world.adapters.add("a", FakeAdapters.expert(1, 2, "x"), FakeAdapters.expert(2, 4, "y"));
    AdapterLease lease = world.lease(adapter);
    step(lease.row(), 2, 5);
    step(lease.row(), 0, 3);
    step(0, 1, 7);
    settle();

    RoutingStats stats = of(adapter);
    assertThat(stats.adapter()).isEqualTo(adapter);
    assertThat(stats.topK()).isEqualTo(2);
    assertThat(stats.tokens()).as("picks of a layer by top k").isEqualTo(4);
    assertThat(stats.layers().getFirst())
        .isEqualTo(new RoutingStats.Layer(1, List.of(3L, 0L, 5L, 0L), List.of(2)));
    assertThat(stats.layers().getLast())
        .as("a shared column is not the router's to pick")
        .isEqualTo(new RoutingStats.Layer(2, List.of(3L, 0L, 5L, 0L), List.of()));
    assertThat(stats.hits()).isEqualTo(8 * LAYERS);
    assertThat(stats.tunedHits()).isEqualTo(5);
    RoutingStats base = world.manager.baseRouting();
    assertThat(base.adapter()).isNull();
    assertThat(base.layers().getFirst().counts()).containsExactly(0L, 7L, 0L, 0L);
    assertThat(world.manager.routingTotals())
        .containsExactly(
            new RoutingTotals(null, 7 * LAYERS, 0), new RoutingTotals(adapter, 8 * LAYERS, 5));
  }

  @Test
  void a_row_that_changes_hands_starts_anew_for_both() {
    Digest first = world.adapter("first", 8);
    AdapterLease lease = world.lease(first);
    int row = lease.row();
    step(row, 1, 100);
    lease.giveBack();
    world.advance(Duration.ofSeconds(5));

    Digest second = world.adapter("second", 8); // the first has to leave for it
    AdapterLease other = world.lease(second);
    assertThat(other.row()).isEqualTo(row);
    assertThat(world.manager.routing(first)).isNull();
    step(row, 3, 6);
    settle();
    assertThat(of(second).layers().getFirst().counts()).containsExactly(0L, 0L, 0L, 6L);
    assertThat(of(second).resets()).isZero();
    other.giveBack();

    world.advance(Duration.ofSeconds(2));
    world.lease(first).giveBack();
    world.advance(Duration.ofSeconds(3));
    assertThat(of(first).hits()).isZero();
    assertThat(of(first).resets()).isEqualTo(1);
    assertThat(of(first).countedFor()).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void while_steps_run_counts_are_published_once_a_second() {
    world.manager.betweenSteps(0, 0);
    step(0, 0, 1);
    world.manager.betweenSteps(world.started, world.finished);
    assertThat(base()).isZero();
    world.advance(Duration.ofSeconds(1));
    step(0, 0, 1);
    world.manager.betweenSteps(world.started, world.finished);
    assertThat(base()).isEqualTo(2);
    step(0, 0, 1);
    world.manager.betweenSteps(world.started, world.finished);
    assertThat(base()).isEqualTo(2);
    world.manager.betweenSteps(world.started, world.finished);
    assertThat(base()).as("nothing ran since the last look").isEqualTo(3);
  }

  @Test
  void counters_that_go_round_go_on() {
    step(0, 0, Integer.MAX_VALUE);
    settle();
    step(0, 0, Integer.MAX_VALUE);
    settle();
    step(0, 0, 12);
    settle();
    assertThat(base()).isEqualTo(2L * Integer.MAX_VALUE + 12);
  }

  @Test
  void what_a_failed_step_counted_is_forgotten() {
    step(0, 0, 4);
    settle();
    step(0, 1, 3);
    world.manager.stepFailed();
    settle();
    step(0, 2, 2);
    settle();
    assertThat(world.manager.baseRouting().layers().getFirst().counts())
        .containsExactly(4L, 0L, 2L, 0L);
  }

  private void step(int row, int column, int tokens) {
    world.startStep();
    world.backend.route(row, column, tokens);
    world.finishStep();
  }

  /** Two looks without a step between them. */
  private void settle() {
    world.settle();
    world.settle();
  }

  private RoutingStats of(Digest adapter) {
    return Objects.requireNonNull(world.manager.routing(adapter));
  }

  private long base() {
    return world.manager.baseRouting().layers().getFirst().counts().stream()
        .mapToLong(n -> n)
        .sum();
  }
}
