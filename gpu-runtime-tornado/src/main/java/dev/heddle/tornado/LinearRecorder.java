package dev.heddle.tornado;

import static dev.heddle.tornado.DeviceHandles.Place;

import dev.heddle.ops.RouteRule;
import dev.heddle.tornado.kernel.LinearKernels;
import dev.heddle.tornado.kernel.LinearTask;
import dev.heddle.tornado.kernel.RouteKernels;

/** Tasks of linear layers: plain ones, one matrix a head, and those of experts. */
final class LinearRecorder {
  /**
   * A linear layer of experts.
   *
   * @param x first float of the input, whose rows lie {@code xStride} apart
   * @param pairs where the sorted pairs begin if the input has a row a token, -1 if it has one a
   *     place
   * @param out first float of the output, a row a place
   * @param weightsAt first word of the layer in a slot
   */
  record Grouped(
      String name,
      int x,
      int xStride,
      int pairs,
      int out,
      int outStride,
      PanelLayout weights,
      int weightsAt) {}

  private final Pass pass;
  private final int tile;
  private final DeviceClass sizes;
  private final Descriptors descriptors;

  LinearRecorder(Pass pass, int tile, DeviceClass sizes, Descriptors descriptors) {
    this.pass = pass;
    this.tile = tile;
    this.sizes = sizes;
    this.descriptors = descriptors;
  }

  /** out[t] = W x[t] (+ bias), for every head. */
  void record(
      String name,
      Place out,
      Place x,
      int headStride,
      DeviceHandles.Panels w,
      int bias,
      int count) {
    int[] task = descriptor(count, x.at(), x.cols(), out.at(), out.cols());
    task[LinearTask.X_HEAD] = headStride;
    task[LinearTask.OUT_HEAD] = w.rows();
    task[LinearTask.HEADS] = w.heads();
    task[LinearTask.WEIGHTS] = w.at();
    task[LinearTask.UNIT_WORDS] = w.headWords();
    task[LinearTask.BIAS] = bias;
    task[LinearTask.TILES] = -1;
    task[LinearTask.PAIRS] = -1;
    PanelLayout layout = new PanelLayout(w.rows(), w.cols(), w.bf16(), sizes.lanes());
    Grid grid = Grid.tiles(count, tile, w.heads() * layout.panels(), threads());
    add(name, grid, layout, w.buffer(), task);
  }

  /** A descriptor with what every linear layer has: its rows, where they come from and go. */
  private static int[] descriptor(int count, int x, int xStride, int out, int outStride) {
    int[] task = new int[LinearTask.SIZE];
    task[LinearTask.COUNT] = count;
    task[LinearTask.X] = x;
    task[LinearTask.X_STRIDE] = xStride;
    task[LinearTask.OUT] = out;
    task[LinearTask.OUT_STRIDE] = outStride;
    return task;
  }

  private int threads() {
    return sizes.lanes() * sizes.splits();
  }

  private void add(String name, Grid grid, PanelLayout w, int buffer, int[] descriptor) {
    int task = descriptors.add(descriptor);
    int bf16 = w.bf16() ? 1 : 0;
    int lanes = sizes.lanes();
    int splits = sizes.splits();
    DeviceTask.Adder adder =
        (graph, id, c, m) -> {
          if (tile == 1) {
            graph.task(
                id,
                LinearKernels::linearRow,
                c,
                m.floats,
                m.ints,
                m.pairs(buffer),
                m.singles(buffer),
                task,
                w.rows(),
                w.cols(),
                bf16,
                lanes,
                splits);
          } else {
            graph.task(
                id,
                LinearKernels::linearTile,
                c,
                m.floats,
                m.ints,
                m.pairs(buffer),
                m.singles(buffer),
                task,
                w.rows(),
                w.cols(),
                bf16,
                lanes,
                splits);
          }
        };
    pass.add(new DeviceTask(name, grid, adder));
  }

  /** A linear layer of experts, one task a slab: slots of other slabs are passed over. */
  void record(Grouped layer, SlotDirectory slots, DeviceHandles.Routed routing, int count) {
    RouteRule rule = routing.rule();
    int begun = Math.min(slots.slots(), routing.pairs());
    PanelLayout w = layer.weights;
    Grid grid = new Grid(count, rule.perToken(), tile, begun, w.panels(), 1, threads());
    for (int slab = 0; slab < slots.slabs(); slab++) {
      int[] task = descriptor(count, layer.x, layer.xStride, layer.out, layer.outStride);
      task[LinearTask.HEADS] = 1;
      task[LinearTask.WEIGHTS] = layer.weightsAt;
      task[LinearTask.UNIT_WORDS] = slots.slotWords();
      task[LinearTask.BIAS] = -1;
      task[LinearTask.TILES] =
          RouteKernels.tilesAt(routing.at(), routing.tokens(), rule.topK(), rule.perToken());
      task[LinearTask.FIRST_SLOT] = slots.firstSlot(slab);
      task[LinearTask.SLOTS] = slots.slotsOf(slab);
      task[LinearTask.PAIRS] = layer.pairs;
      task[LinearTask.PER_TOKEN] = rule.perToken();
      add(layer.name, grid, w, slots.firstBuffer() + slab, task);
    }
  }
}
