package dev.heddle.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.ops.DeviceStats;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.Tensor;
import dev.heddle.ops.WeightFormat;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * What is uploaded, as TornadoVM itself counts it: no weights with a step, one slot with a slot.
 */
class TransferTest {
  private static final int HIDDEN = 128;
  private static final int INTERMEDIATE = 96;
  private static final RouteRule RULE = new RouteRule(8, 1, 2, 1, 1, false, false, 1f);

  /** Bytes that a device gets with a kernel call, if any: TornadoVM's own arguments. */
  private static final long CALL = 24;

  /** Of the pass: routing, two layers of experts, their gate, their sum. */
  private static final int TASKS = 5;

  /** Of weights, each with a task of the upload; one is the slot's. */
  private static final int BUFFERS = 1;

  private ExpertPool pool;
  private Scenario scenario;

  @BeforeEach
  void measure() {
    System.setProperty(DevicePlan.PROFILE, "true");
  }

  @AfterEach
  void measure_no_more() {
    System.clearProperty(DevicePlan.PROFILE);
  }

  @Test
  void a_step_uploads_its_inputs_alone_and_a_slot_uploads_that_slot_alone() {
    try (Ops ops = TestDevice.open()) {
      scenario = new Scenario(ops, 5, this::experts);
      scenario.run(Parity.ROWS);

      long before = uploaded(ops);
      scenario.run(Parity.ROWS - 1);
      assertUploaded(uploaded(ops) - before, bytes(SmallWrites.WORDS), 1 + TASKS);

      before = uploaded(ops);
      ops.fillSlot(pool, 3, expert(scenario));
      assertUploaded(uploaded(ops) - before, bytes(staged()) + bytes(3), BUFFERS);
      assertThat(4L * staged()).isEqualTo(pool.slotBytes());

      before = uploaded(ops);
      scenario.run(Parity.ROWS - 1); // the same inputs: nothing is new to the device
      assertUploaded(uploaded(ops) - before, 0, TASKS);
    }
  }

  private static void assertUploaded(long actual, long data, int calls) {
    assertThat(actual).isBetween(data, data + calls * CALL);
  }

  private int staged() {
    return Math.toIntExact(Math.max(pool.slotBytes() / 4, 1 << 14));
  }

  private static long bytes(long words) {
    return 4 * words + TornadoNativeArray.ARRAY_HEADER;
  }

  private static long uploaded(Ops ops) {
    DeviceStats stats = ops.deviceStats();
    assertThat(stats.kernelNanos()).as("the profiler measures").isPositive();
    return stats.copiedBytes();
  }

  private Runnable experts(Scenario s) {
    Tensor x = s.floats(Parity.ROWS, HIDDEN);
    Tensor logits = s.floats(Parity.ROWS, RULE.routed());
    int slots = RULE.routed() + RULE.shared();
    pool = s.ops.expertPool(slots, HIDDEN, INTERMEDIATE, WeightFormat.F32);
    for (int slot = 0; slot < slots; slot++) {
      s.ops.fillSlot(pool, slot, expert(s));
    }
    Tensor map = s.ints(1, slots, IntStream.range(0, slots).toArray());
    Tensor adapters = s.ops.ints("adapters", Parity.ROWS, 1);
    Routing routing = s.ops.routing(Parity.ROWS, RULE, pool);
    Tensor out = s.result(s.empty(Parity.ROWS, HIDDEN));
    return () -> {
      s.ops.route(routing, logits, null, null, RULE, map, 0, adapters, null, s.rows);
      s.ops.experts(out, x, pool, routing, s.rows);
    };
  }

  private static ExpertWeights expert(Scenario s) {
    return new ExpertWeights(
        s.stored(DType.F32, INTERMEDIATE, HIDDEN),
        s.stored(DType.F32, INTERMEDIATE, HIDDEN),
        s.stored(DType.F32, HIDDEN, INTERMEDIATE));
  }
}
