package dev.heddle.tornado;

import dev.heddle.ops.CacheShape;
import dev.heddle.ops.Require;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.WeightFormat;
import dev.heddle.tornado.DeviceHandles.Kind;
import dev.heddle.tornado.DeviceHandles.Place;
import dev.heddle.tornado.kernel.Bf16;
import dev.heddle.tornado.kernel.RouteKernels;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is declared before a pass is prepared: places, sizes, and what is to be brought there. */
final class Declarations {
  private final DeviceLimits limits;
  private final Arena floats;
  private final Arena ints;
  private final WeightBuffers weights;
  private final List<Integer> keyFloats = new ArrayList<>();
  private final List<Consumer<Engine>> later = new ArrayList<>();
  private DeviceHandles.@Nullable Cache cache;
  private int slotWords;
  private int unitWords; // largest panel or row

  Declarations(DeviceLimits limits) {
    this.limits = limits;
    this.floats = new Arena("activations", limits.maxElements());
    this.ints = new Arena("indices", limits.maxElements());
    this.weights = new WeightBuffers(limits.slabElements());
    int table = floats.reserve(Bf16.TABLE);
    float[] scales = Bf16.table();
    later(engine -> engine.write(table, scales, scales.length));
  }

  Place floats(String name, int rows, int cols) {
    return new Place(name, rows, cols, Kind.FLOATS, floats.reserve((long) rows * cols));
  }

  Place ints(String name, int rows, int cols) {
    return new Place(name, rows, cols, Kind.INTS, reserveInts((long) rows * cols));
  }

  int reserveInts(long count) {
    return ints.reserve(count);
  }

  /** A matrix of one or more heads of one shape. */
  DeviceHandles.Panels panels(String name, List<PanelRows> heads) {
    PanelRows first = heads.getFirst();
    boolean bf16 = heads.stream().allMatch(PanelRows::bf16);
    for (PanelRows head : heads) {
      Require.that(
          head.rows() == first.rows() && head.cols() == first.cols(),
          name,
          "has heads of different shapes");
    }
    PanelLayout layout = new PanelLayout(first.rows(), first.cols(), bf16, limits.sizes().lanes());
    WeightBuffers.Room room = weights.reserve(name, (long) heads.size() * layout.words(), bf16);
    unitWords = Math.max(unitWords, layout.panelWords());
    DeviceHandles.Panels panels =
        new DeviceHandles.Panels(
            heads.size(),
            first.rows(),
            first.cols(),
            bf16,
            room.buffer(),
            room.at(),
            layout.words());
    later(engine -> engine.fill(panels, layout, heads));
    return panels;
  }

  DeviceHandles.Table table(String name, PanelRows source) {
    PanelLayout layout = new PanelLayout(source.rows(), source.cols(), source.bf16(), 1);
    WeightBuffers.Room room = weights.reserve(name, layout.words(), source.bf16());
    unitWords = Math.max(unitWords, layout.panelWords());
    DeviceHandles.Table table =
        new DeviceHandles.Table(
            source.rows(),
            source.cols(),
            source.bf16(),
            room.buffer(),
            room.at(),
            layout.panelWords());
    later(engine -> engine.fill(table, layout, source));
    return table;
  }

  DeviceHandles.Pool pool(int slots, int hidden, int intermediate, WeightFormat format) {
    ExpertPanels layout =
        ExpertPanels.of(hidden, intermediate, format == WeightFormat.BF16, limits.sizes().lanes());
    Require.that(
        slots <= RouteKernels.MAX_SLOTS,
        "a pool of " + slots + " expert slots",
        "is more than the device's router takes, " + RouteKernels.MAX_SLOTS);
    slotWords = Math.max(slotWords, layout.words());
    return new DeviceHandles.Pool(
        weights.slots(slots, layout.words(), format == WeightFormat.BF16), layout);
  }

  DeviceHandles.Cache cache(CacheShape shape, int blocks, int blockTokens) {
    if (cache != null) {
      throw new IllegalStateException("there is one KV cache on a device");
    }
    int layers = shape.layers();
    long layerFloats = (long) blocks * blockTokens * shape.groups() * shape.width();
    int perBuffer = (int) Math.min(layers, limits.slabElements() / layerFloats);
    Require.that(
        perBuffer > 0,
        "one layer of the KV cache, %,d bytes".formatted(4 * layerFloats),
        "is more than a buffer of the device may have; a smaller memory budget makes it smaller");
    DeviceHandles.Cache made = new DeviceHandles.Cache(shape, blocks, blockTokens, perBuffer, 0);
    for (int b = 0; b < made.buffers(); b++) {
      int held = Math.min(perBuffer, layers - b * perBuffer);
      keyFloats.add(Math.toIntExact(held * layerFloats));
    }
    cache = made;
    return made;
  }

  DeviceHandles.Routed routing(int tokens, RouteRule rule, DeviceHandles.Pool pool) {
    int perToken = rule.perToken();
    int k = rule.topK();
    int pairs = Math.multiplyExact(tokens, perToken);
    Require.that(
        pairs <= RouteKernels.MAX_PAIRS,
        "a step of " + tokens + " tokens with " + perToken + " experts each",
        "is more than the device routes at once, " + RouteKernels.MAX_PAIRS + " of them together");
    int at = reserveInts(RouteKernels.ints(tokens, k, perToken));
    int weightsAt =
        floats.reserve(RouteKernels.floats(tokens, perToken, rule.routed(), rule.groups()));
    ExpertPanels layout = pool.layout();
    int slotsAt = RouteKernels.slotsAt(at, tokens, k);
    return new DeviceHandles.Routed(
        rule,
        tokens,
        at,
        new Place("picks", tokens, k, Kind.INTS, at),
        new Place("weights", tokens, perToken, Kind.FLOATS, weightsAt),
        new Place("slots", tokens, perToken, Kind.INTS, slotsAt),
        floats("expert activations", pairs, layout.gateUp().rows()),
        floats("expert outputs", pairs, layout.down().rows()));
  }

  /** Keeps what is to be done once the device is there, in this order; any thread. */
  synchronized void later(Consumer<Engine> work) {
    later.add(work);
  }

  /** What was kept; it is forgotten here, and with it the views of stored weights. */
  synchronized List<Consumer<Engine>> takeLater() {
    List<Consumer<Engine>> taken = List.copyOf(later);
    later.clear();
    return taken;
  }

  /** The buffers, as large as everything declared. */
  DeviceMemory allocate() {
    return new DeviceMemory(floats.size(), ints.size(), weights.all(), keyFloats);
  }

  DeviceHandles.@Nullable Cache cache() {
    return cache;
  }

  /** Words of a staged upload: one expert, so that loading one uploads no more than that. */
  int stagedWords() {
    return Math.max(slotWords, Math.max(unitWords, 1 << 14));
  }
}
