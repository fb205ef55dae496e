package dev.heddle.tornado;

import dev.heddle.format.ExpertWeights;
import dev.heddle.ops.DeviceStats;
import dev.heddle.tornado.DeviceHandles.Kind;
import dev.heddle.tornado.DeviceHandles.Place;
import dev.heddle.tornado.kernel.LinearKernels;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The device at work: its plan, and what the host knows of its memory. */
final class Engine implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  /** Up to so many rows a step is decode: a work-group takes one row, and grouping is left out. */
  static final int DECODE_ROWS = 4;

  private final DeviceLimits limits;
  private final DevicePlan plan;
  private final DeviceMemory memory;
  private final int[] known; // ints as the device has them, or will once the inbox is there

  private Engine(DeviceLimits limits, DeviceMemory memory, DevicePlan plan) {
    this.limits = limits;
    this.memory = memory;
    this.plan = plan;
    this.known = new int[memory.ints.getSize()];
  }

  /**
   * Records the pass for both classes of shapes, compiles it, and brings over what was declared.
   *
   * @param calls makes the calls of a pass while a recorder listens
   */
  static Engine start(DeviceLimits limits, Declarations declared, Consumer<PassRecorder> calls) {
    Pass decode = new Pass("decode");
    Pass prefill = new Pass("prefill");
    List<Consumer<Engine>> descriptors = new ArrayList<>();
    calls.accept(recorder(decode, 1, limits, declared, descriptors));
    calls.accept(recorder(prefill, LinearKernels.TILE, limits, declared, descriptors));
    DeviceMemory memory = declared.allocate();
    log.info(
        "device {}: {} MiB in {} buffers, the largest of at most {} MiB",
        limits.name(),
        memory.bytes() >> 20,
        memory.all().size(),
        limits.maxBuffer() >> 20);
    DevicePlan plan =
        new DevicePlan(memory, List.of(decode, prefill), declared.stagedWords(), declared.cache());
    Engine engine = new Engine(limits, memory, plan);
    try {
      plan.clear();
      engine.bring(descriptors);
      plan.warmUp();
      engine.bring(declared.takeLater());
      return engine;
    } catch (RuntimeException e) {
      engine.close();
      throw e;
    }
  }

  private static PassRecorder recorder(
      Pass pass,
      int tile,
      DeviceLimits limits,
      Declarations declared,
      List<Consumer<Engine>> descriptors) {
    return new PassRecorder(
        pass,
        tile,
        limits.sizes(),
        task -> {
          int at = declared.reserveInts(task.length);
          descriptors.add(engine -> engine.write(at, task, task.length));
          return at;
        });
  }

  private void bring(List<Consumer<Engine>> work) {
    int tenth = Math.max(1, work.size() / 10);
    for (int i = 0; i < work.size(); i++) {
      work.get(i).accept(this);
      if ((i + 1) % tenth == 0 && work.size() > 100) {
        log.info("brought {} of {} weights to the device", i + 1, work.size());
      }
    }
    plan.deliver();
  }

  // ---- weights

  /** Brings a matrix over, as many panels at a time as one upload takes. */
  void fill(DeviceHandles.Panels panels, PanelLayout layout, List<PanelRows> heads) {
    int atOnce = Math.max(1, plan.stagedWords() / layout.panelWords());
    for (int head = 0; head < heads.size(); head++) {
      PanelLayout.Rows source = heads.get(head).reader();
      int at = panels.at() + head * layout.words();
      for (int first = 0; first < layout.panels(); first += atOnce) {
        int from = first;
        int count = Math.min(atOnce, layout.panels() - first);
        plan.fill(
            panels.buffer(),
            at + first * layout.panelWords(),
            count * layout.panelWords(),
            target -> layout.pack(source, from, count, target));
      }
    }
  }

  /** Brings a table over; its rows are panels of one. */
  void fill(DeviceHandles.Table table, PanelLayout layout, PanelRows source) {
    DeviceHandles.Panels rows =
        new DeviceHandles.Panels(
            1, table.rows(), table.cols(), table.bf16(), table.buffer(), table.at(), 0);
    fill(rows, layout, List.of(source));
  }

  void fillSlot(DeviceHandles.Pool pool, int slot, ExpertWeights weights) {
    SlotDirectory slots = pool.directory();
    plan.fill(
        slots.buffer(slot),
        slots.at(slot),
        slots.slotWords(),
        target -> pool.layout().pack(weights, target));
  }

  // ---- arenas

  /** Writes ints; what the device has already is left out. */
  void write(int at, int[] source, int count) {
    int from = Arrays.mismatch(source, 0, count, known, at, at + count);
    if (from < 0) {
      return;
    }
    int to = count;
    while (source[to - 1] == known[at + to - 1]) {
      to--;
    }
    System.arraycopy(source, from, known, at + from, to - from);
    while (from < to) {
      int length = room(to - from);
      plan.inbox().begin(false, at + from, length);
      for (int end = from + length; from < end; from++) {
        plan.inbox().put(source[from]);
      }
    }
  }

  void write(int at, float[] source, int count) {
    int from = 0;
    while (from < count) {
      int length = room(count - from);
      plan.inbox().begin(true, at + from, length);
      for (int end = from + length; from < end; from++) {
        plan.inbox().put(Float.floatToRawIntBits(source[from]));
      }
    }
  }

  /** How much of a write fits the inbox, which is emptied first if it is full. */
  private int room(int wanted) {
    if (plan.inbox().room() == 0) {
      plan.deliver();
    }
    return Math.min(wanted, plan.inbox().room());
  }

  MemorySegment read(Place place, int offset, int count) {
    return plan.read(
        place.kind() == Kind.FLOATS ? memory.floats : memory.ints, place.at() + offset, count);
  }

  // ---- passes

  /** Runs the pass; {@code counts} are where its live numbers stand. */
  void pass(List<Integer> counts) {
    int live = 0;
    for (int i = 0; i < counts.size(); i++) {
      live = Math.max(live, known[counts.get(i)]);
    }
    plan.pass(live <= DECODE_ROWS ? 0 : 1, known);
  }

  void copyBlock(int from, int to) {
    plan.copyBlock(from, to);
  }

  String profile() {
    return plan.profile();
  }

  DeviceStats stats() {
    return plan.counters().stats(limits.name(), memory.bytes());
  }

  @Override
  public void close() {
    plan.close();
  }
}
