package dev.heddle.tornado;

import static dev.heddle.tornado.DeviceHandles.Place;

import dev.heddle.ops.RouteRule;
import dev.heddle.tornado.kernel.RouteKernels;
import dev.heddle.tornado.kernel.RouteTask;
import org.jspecify.annotations.Nullable;

/** Tasks of a MoE layer: the fused rerouting, the experts, their weighted sum. */
final class ExpertRecorder {
  private final Pass pass;
  private final int tile;
  private final DeviceClass sizes;
  private final Descriptors descriptors;
  private final PassRecorder rows;

  ExpertRecorder(
      Pass pass, int tile, DeviceClass sizes, Descriptors descriptors, PassRecorder rows) {
    this.pass = pass;
    this.tile = tile;
    this.sizes = sizes;
    this.descriptors = descriptors;
    this.rows = rows;
  }

  private void record(String name, Grid grid, DeviceTask.Adder adder) {
    pass.add(new DeviceTask(name, grid, adder));
  }

  /**
   * Routes rows.
   *
   * @param correction added to scores for the choice; null adds nothing
   * @param sharedGate logit of the shared columns' weight; null for weight 1
   * @param map first int of the layer's row 0 in the expert map
   * @param counts first counter of the layer's row 0, or -1 to count nothing
   */
  void route(
      DeviceHandles.Routed out,
      Place logits,
      @Nullable Place correction,
      @Nullable Place sharedGate,
      int map,
      Place adapters,
      int counts,
      int count) {
    int[] descriptor = new int[RouteTask.SIZE];
    descriptor[RouteTask.COUNT] = count;
    descriptor[RouteTask.LOGITS] = logits.at();
    descriptor[RouteTask.CORRECTION] = correction == null ? -1 : correction.at();
    descriptor[RouteTask.SHARED_GATE] = sharedGate == null ? -1 : sharedGate.at();
    descriptor[RouteTask.MAP] = map;
    descriptor[RouteTask.ADAPTERS] = adapters.at();
    descriptor[RouteTask.COUNTS] = counts;
    descriptor[RouteTask.AT] = out.at();
    descriptor[RouteTask.TOKENS] = out.tokens();
    descriptor[RouteTask.WEIGHTS] = out.weights().at();
    int task = descriptors.add(descriptor);
    RouteRule rule = out.rule();
    int room = RouteKernels.sortSize(out.pairs());
    int threads = sizes.routeThreads();
    record(
        "route",
        Grid.single(threads),
        (graph, id, c, m) ->
            graph.task(
                id,
                RouteKernels::routeTokens,
                c,
                m.floats,
                m.ints,
                task,
                rule.routed(),
                rule.topK(),
                rule.shared(),
                rule.groups(),
                rule.topGroups(),
                rule.sigmoid() ? 1 : 0,
                rule.normalize() ? 1 : 0,
                rule.scale(),
                tile,
                room,
                threads));
  }

  void compute(
      Place out, Place x, DeviceHandles.Pool pool, DeviceHandles.Routed routing, int count) {
    ExpertPanels layout = pool.layout();
    int intermediate = layout.down().cols();
    int wide = 2 * intermediate;
    Place hidden = routing.activations();
    Place y = routing.outputs();
    int pairs =
        RouteKernels.pairsAt(
            routing.at(), routing.tokens(), routing.rule().topK(), routing.rule().perToken());
    LinearRecorder.Grouped up =
        new LinearRecorder.Grouped(
            "expertsUp", x.at(), x.cols(), pairs, hidden.at(), wide, layout.gateUp(), 0);
    LinearRecorder.Grouped down =
        new LinearRecorder.Grouped(
            "expertsDown", hidden.at(), wide, -1, y.at(), y.cols(), layout.down(), layout.downAt());
    SlotDirectory slots = pool.directory();
    rows.linear.record(up, slots, routing, count);
    int perToken = routing.rule().perToken();
    rows.siluMul(hidden.at(), hidden.at() + intermediate, intermediate, wide, count, perToken);
    rows.linear.record(down, slots, routing, count);
    combine(out, routing, count);
  }

  private void combine(Place out, DeviceHandles.Routed routing, int count) {
    RouteRule rule = routing.rule();
    int places =
        RouteKernels.placesAt(routing.at(), routing.tokens(), rule.topK(), rule.perToken());
    record(
        "combine",
        Grid.elements(count, 1, out.cols(), sizes.items()),
        (graph, id, c, m) ->
            graph.task(
                id,
                RouteKernels::combineExperts,
                c,
                m.floats,
                m.ints,
                count,
                out.at(),
                out.cols(),
                routing.weights().at(),
                places,
                routing.outputs().at(),
                rule.perToken()));
  }
}
