package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import dev.heddle.model.RandomModel;
import dev.heddle.ops.Precision;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MemoryPlannerTest {
  private static final long GIB = 1L << 30;
  private static final long MIB = 1L << 20;

  @Test
  void a_plan_never_spends_more_than_its_budget() {
    Random random = new Random(4);
    for (int i = 0; i < 500; i++) {
      ModelShape shape = Shapes.random(random);
      long budget = (80L << 20) + random.nextLong(GIB);
      MemoryPlan plan = plan(config(budget, random.nextInt(20)), shape, 0);
      assertThat(plan.total()).as("draw %d", i).isLessThanOrEqualTo(budget);
      assertThat(plan.baseSlots()).isEqualTo(MemoryEstimate.baseSlots(shape));
      assertThat(plan.kvTokens()).isGreaterThanOrEqualTo(Math.min(shape.maxContext(), 256));
    }
  }

  @Test
  void a_small_model_commits_little_of_a_large_budget() {
    MemoryPlan plan = plan(config(64 * GIB, 64), Shapes.tiny(), 0);
    assertThat(plan.adapterBytes() + plan.kvBytes()).isLessThan(GIB);
    assertThat(plan.adapterSlots()).as("a whole adapter fits").isGreaterThanOrEqualTo(20);
  }

  @Test
  void without_adapters_no_slots_are_set_aside_for_them() {
    assertThat(plan(config(GIB, 0), Shapes.tiny(), 0).adapterSlots()).isZero();
  }

  @Test
  void a_budget_that_cannot_hold_the_model_is_refused_with_what_it_takes() {
    assertThatThrownBy(() -> plan(config(1 << 20, 4), Shapes.tiny(), 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1,048,576 bytes")
        .hasMessageContaining("for the base model");
  }

  @Test
  void the_least_budget_that_a_refusal_names_is_the_least() {
    String refusal = catchThrowable(() -> plan(1 << 20)).getMessage();
    long least = Long.parseLong(refusal.replaceFirst(".*the least that does is (\\d+)MB.*", "$1"));
    plan(least << 20);
    assertThatThrownBy(() -> plan((least - 1) << 20)).hasMessageContaining("does not hold");
  }

  private static MemoryPlan plan(long budget) {
    return plan(config(budget, 4), Shapes.tiny(), 0);
  }

  @Test
  void a_budget_of_what_a_refusal_names_is_enough() {
    long least = 64L << 20;
    while (refused(least)) {
      least += 1 << 12;
    }
    MemoryPlan plan = plan(config(least, 4), Shapes.tiny(), 0);
    assertThat(plan.kvBlocks()).isGreaterThanOrEqualTo(256 / ModelLimits.BLOCK_TOKENS);
  }

  @Test
  void without_a_budget_a_share_of_the_machine_is_taken_and_said_so() {
    MemoryPlan plan = plan(config(0, 4), Shapes.tiny(), 0);
    assertThat(plan.budget()).isPositive();
    assertThat(plan.source()).contains("70 %");
    assertThat(plan.table()).contains("adapter experts", "KV cache", plan.kvTokens() + " tokens");
  }

  @Test
  void a_device_of_its_own_gives_a_share_of_its_memory_and_nothing_to_the_heap() {
    MemoryPlan plan = plan(config(0, 4), Shapes.tiny(), 4 * GIB);
    assertThat(plan.budget()).isEqualTo((long) (4 * GIB * MemoryPlan.DEVICE_SHARE));
    assertThat(plan.heap()).isZero();
    assertThat(plan.table()).contains("85 % of the 4,096 MiB of the device").doesNotContain("heap");
  }

  @Test
  void a_budget_given_for_a_device_is_taken_up_to_what_it_has() {
    MemoryPlan plan = plan(config(GIB, 4), Shapes.tiny(), 4 * GIB);
    assertThat(plan.budget()).isEqualTo(GIB);
    assertThat(plan.table()).contains("of the device's");
    assertThatThrownBy(() -> plan(config(4 * GIB + 1, 4), Shapes.tiny(), 4 * GIB))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4,294,967,297 bytes is more than the 4,294,967,296 bytes");
  }

  @Test
  void a_device_gets_no_more_slots_than_its_router_tells_apart() {
    ModelShape shape = Shapes.tiny();
    RuntimeConfig many = config(0, 1 << 20);
    MemoryPlan device = MemoryPlanner.plan(many, shape, 1024 * GIB, 1 << 15);
    assertThat(device.baseSlots() + device.adapterSlots()).isLessThanOrEqualTo(1 << 15);
    MemoryPlan processor = plan(config(1024 * GIB, 1 << 20), shape, 0);
    assertThat(processor.adapterSlots()).as("a budget for more").isGreaterThan(1 << 15);
  }

  @Test
  void deepseek_v2_lite_with_twenty_adapters_is_planned_for_devices_of_80_and_48_gb() {
    ModelShape lite = RandomModel.lite(27);
    assertThat(lite.moeLayers()).isEqualTo(26);
    for (long gb : new long[] {80, 48}) {
      long device = gb * 1_000_000_000L;
      MemoryPlan plan = plan(config(0, 20), lite, device);
      assertThat(plan.slotBytes()).as("three matrices of BF16").isEqualTo(3L * 2048 * 1408 * 2);
      assertThat(plan.baseSlots()).isEqualTo(26 * 66);
      assertThat(plan.total()).isLessThanOrEqualTo((long) (device * MemoryPlan.DEVICE_SHARE));
      // Published adapters tune 3.9 to 9.5 experts a layer (arXiv 2508.17624).
      assertThat(plan.adapterSlots()).as("the largest, at least").isGreaterThan(26 * 10 - 1);
      assertThat(plan.kvTokens()).as("a batch of long chats").isGreaterThan(32_768);
    }
    assertThatThrownBy(() -> plan(config(0, 20), lite, 32_000_000_000L))
        .hasMessageContaining("does not hold the model")
        .hasMessageContaining("of the device");
  }

  private static boolean refused(long budget) {
    try {
      plan(config(budget, 4), Shapes.tiny(), 0);
      return false;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  @Test
  void heap_jvm_and_host_cache_are_part_of_the_budget() {
    ProcessMemory process = new ProcessMemory(200 * MIB, false, 100 * MIB, null);
    MemoryPlan plan = plan(config(GIB, 4, process), Shapes.tiny(), 0);
    assertThat(plan.heap()).isEqualTo(200 * MIB);
    assertThat(plan.jvm()).isEqualTo(100 * MIB);
    assertThat(plan.hostCache()).isEqualTo(GIB / 16);
    assertThat(plan.table()).contains("Java heap", "JVM", "host cache", "PostgreSQL is another");
    MemoryPlan alone = plan(config(GIB, 4, ProcessMemory.NONE), Shapes.tiny(), 0);
    assertThat(plan.total() - plan.kvBytes() - plan.adapterBytes())
        .isEqualTo(alone.total() - alone.kvBytes() - alone.adapterBytes() + 300 * MIB + GIB / 16);
  }

  @Test
  void the_least_budget_holds_the_heap_that_it_would_come_with() {
    ModelShape lite = RandomModel.lite(3);
    ProcessMemory follows = new ProcessMemory(192 * MIB, true, 200 * MIB, null);
    String refusal = catchThrowable(() -> plan(config(GIB, 4, follows), lite, 0)).getMessage();
    long least = Long.parseLong(refusal.replaceFirst(".*the least that does is (\\d+)MB.*", "$1"));
    long heap = least * MIB / 8;
    assertThat(heap).as("a larger heap").isBetween(193 * MIB, GIB);
    plan(config(least * MIB, 4, new ProcessMemory(heap, true, 200 * MIB, null)), lite, 0);
  }

  @Test
  void slots_that_are_asked_for_are_there_and_kv_gets_the_rest() {
    ModelShape lite = RandomModel.lite(2);
    MemoryPlan share = plan(config(6 * GIB, 4, 0, ProcessMemory.NONE), lite, 0);
    MemoryPlan few = plan(config(6 * GIB, 4, 10, ProcessMemory.NONE), lite, 0);
    MemoryPlan many = plan(config(6 * GIB, 4, 200, ProcessMemory.NONE), lite, 0);
    assertThat(share.adapterSlots()).isBetween(11, 199);
    assertThat(few.adapterSlots()).isEqualTo(10);
    assertThat(many.adapterSlots()).isEqualTo(200);
    long block = 32 * few.kvTokenBytes();
    assertThat(few.kvBytes() - many.kvBytes())
        .isBetween(190 * few.slotBytes() - block, 190 * few.slotBytes() + block);
    assertThat(few.total()).isBetween(6 * GIB - block, 6 * GIB);
  }

  @Test
  void a_budget_without_room_for_the_slots_that_are_asked_for_is_refused() {
    ModelShape lite = RandomModel.lite(2);
    assertThatThrownBy(() -> plan(config(3 * GIB, 4, 400, ProcessMemory.NONE), lite, 0))
        .hasMessageContaining("6,920,601,600 for adapters");
    assertThatThrownBy(
            () -> MemoryPlanner.plan(config(60 * GIB, 4, 2000, ProcessMemory.NONE), lite, 0, 1024))
        .hasMessageContaining("2000 slots for adapters");
  }

  @Test
  void this_jvm_is_counted_with_the_heap_that_it_was_given() {
    ProcessMemory here = ProcessMemory.ofThisJvm(0L);
    assertThat(here.heap()).isBetween(Runtime.getRuntime().maxMemory(), 4 * GIB);
    assertThat(here.jvm()).isBetween(100 * MIB, 500 * MIB);
  }

  private static RuntimeConfig config(long budget, int adapterRows) {
    return config(budget, adapterRows, new ProcessMemory(32 * MIB, false, 32 * MIB, 0L));
  }

  private static RuntimeConfig config(long budget, int adapterRows, ProcessMemory process) {
    return config(budget, adapterRows, 0, process);
  }

  private static RuntimeConfig config(
      long budget, int adapterRows, int adapterSlots, ProcessMemory process) {
    return new RuntimeConfig(
        "reference",
        1,
        Precision.STORED,
        budget,
        256,
        16,
        16,
        8,
        Duration.ZERO,
        Duration.ofSeconds(1),
        0,
        adapterRows,
        adapterSlots,
        1,
        name -> 1,
        process);
  }

  private static MemoryPlan plan(RuntimeConfig config, ModelShape shape, long device) {
    return MemoryPlanner.plan(config, shape, device, Integer.MAX_VALUE);
  }
}
