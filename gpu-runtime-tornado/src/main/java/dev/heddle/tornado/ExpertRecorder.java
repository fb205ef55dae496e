package dev.heddle.tornado;

import static dev.heddle.tornado.DeviceHandles.Place;

import dev.heddle.ops.RouteRule;
import dev.heddle.tornado.kernel.RouteKernels;

/** Tasks of a MoE layer: the fused rerouting, the experts, their weighted sum. */
final class ExpertRecorder {
  private final Pass pass;
  private final int tile;
  private final DeviceClass sizes;
  private final PassRecorder rows;

  ExpertRecorder(Pass pass, int tile, DeviceClass sizes, PassRecorder rows) {
    this.pass = pass;
    this.tile = tile;
    this.sizes = sizes;
    this.rows = rows;
  }

  private void record(String name, Grid grid, DeviceTask.Adder adder) {
    pass.add(new DeviceTask(name, grid, adder));
  }

  void route(
      DeviceHandles.Routed out,
      Place logits,
      Place map,
      int mapRow,
      Place adapters,
      int counts,
      int count) {
    RouteRule rule = out.rule();
    int mapAt = map.at() + mapRow * map.cols();
    float scale = rule.normalize() ? RouteKernels.NORMALIZE : rule.scale();
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
                count,
                logits.at(),
                rule.routed(),
                rule.topK(),
                rule.shared(),
                rule.groups(),
                rule.topGroups(),
                scale,
                mapAt,
                adapters.at(),
                counts,
                out.at(),
                out.tokens(),
                out.weights().at(),
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
