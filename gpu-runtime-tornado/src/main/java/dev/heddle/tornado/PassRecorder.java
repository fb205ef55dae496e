package dev.heddle.tornado;

import static dev.heddle.tornado.Handles.Place;

import dev.heddle.ops.RouteRule;
import dev.heddle.tornado.kernel.AttentionKernels;
import dev.heddle.tornado.kernel.LinearKernels;
import dev.heddle.tornado.kernel.LinearTask;
import dev.heddle.tornado.kernel.RouteKernels;
import dev.heddle.tornado.kernel.RowKernels;

/**
 * Turns operations into tasks of a {@link Pass}. One recorder is one class of shapes: {@code tile}
 * rows share each weight that is read.
 */
final class PassRecorder {
  private final Pass pass;
  private final int tile;
  private final DeviceClass sizes;
  private final Descriptors descriptors;

  PassRecorder(Pass pass, int tile, DeviceClass sizes, Descriptors descriptors) {
    this.pass = pass;
    this.tile = tile;
    this.sizes = sizes;
    this.descriptors = descriptors;
  }

  private void record(String name, Grid grid, Task.Adder adder) {
    pass.add(new Task(name, grid, adder));
  }

  private Grid elements(int count, int elements) {
    return Grid.elements(count, 1, elements, sizes.items());
  }

  void embed(Place out, Handles.Table table, Place tokens, int count) {
    record(
        "embed",
        elements(count, out.cols()),
        (graph, id, c, m) ->
            graph.task(
                id,
                RowKernels::embedRows,
                c,
                m.floats,
                m.ints,
                m.pairs(table.buffer()),
                m.singles(table.buffer()),
                count,
                out.at(),
                out.cols(),
                tokens.at(),
                table.at(),
                table.rowWords(),
                table.bf16() ? 1 : 0));
  }

  void rmsNorm(Place out, Place x, Place weight, float eps, int count) {
    int threads = sizes.rowThreads();
    record(
        "rmsNorm",
        Grid.tiles(count, 1, 1, threads),
        (graph, id, c, m) ->
            graph.task(
                id,
                RowKernels::normRows,
                c,
                m.floats,
                m.ints,
                count,
                out.at(),
                x.at(),
                x.cols(),
                weight.at(),
                eps,
                threads));
  }

  void add(Place x, Place y, int count) {
    record(
        "add",
        elements(count, x.cols()),
        (graph, id, c, m) ->
            graph.task(
                id, RowKernels::addRows, c, m.floats, m.ints, count, x.at(), y.at(), x.cols()));
  }

  void siluMul(Place gate, Place up, int count) {
    siluMul(gate.at(), up.at(), gate.cols(), gate.cols(), count, 1);
  }

  private void siluMul(int gate, int up, int cols, int stride, int count, int perCount) {
    record(
        "siluMul",
        Grid.elements(count, perCount, cols, sizes.items()),
        (graph, id, c, m) ->
            graph.task(
                id,
                RowKernels::siluRows,
                c,
                m.floats,
                m.ints,
                count,
                perCount,
                gate,
                up,
                cols,
                stride));
  }

  void rope(
      Place x,
      int heads,
      int headStride,
      int offset,
      Place cos,
      Place sin,
      Place positions,
      int count) {
    int half = cos.cols();
    record(
        "rope",
        elements(count, heads * half),
        (graph, id, c, m) ->
            graph.task(
                id,
                RowKernels::rotateRows,
                c,
                m.floats,
                m.ints,
                count,
                x.at(),
                x.cols(),
                heads,
                headStride,
                offset,
                cos.at(),
                sin.at(),
                half,
                positions.at()));
  }

  void gather(Place out, Place x, Place indices, int count) {
    record(
        "gather",
        elements(count, out.cols()),
        (graph, id, c, m) ->
            graph.task(
                id,
                RowKernels::gatherRows,
                c,
                m.floats,
                m.ints,
                count,
                out.at(),
                x.at(),
                out.cols(),
                indices.at()));
  }

  // ---- linear layers

  /** out[t] = W x[t] (+ bias), for every head. */
  void linear(
      String name, Place out, Place x, int headStride, Handles.Panels w, int bias, int count) {
    int[] task = new int[LinearTask.SIZE];
    task[LinearTask.COUNT] = count;
    task[LinearTask.X] = x.at();
    task[LinearTask.X_STRIDE] = x.cols();
    task[LinearTask.X_HEAD] = headStride;
    task[LinearTask.OUT] = out.at();
    task[LinearTask.OUT_STRIDE] = out.cols();
    task[LinearTask.OUT_HEAD] = w.rows();
    task[LinearTask.HEADS] = w.heads();
    task[LinearTask.WEIGHTS] = w.at();
    task[LinearTask.UNIT_WORDS] = w.headWords();
    task[LinearTask.BIAS] = bias;
    task[LinearTask.TILES] = -1;
    task[LinearTask.PAIRS] = -1;
    PanelLayout layout = new PanelLayout(w.rows(), w.cols(), w.bf16(), sizes.lanes());
    Grid grid = Grid.tiles(count, tile, w.heads() * layout.panels(), linearThreads());
    linear(name, grid, layout, w.buffer(), descriptors.add(task));
  }

  private int linearThreads() {
    return sizes.lanes() * sizes.splits();
  }

  private void linear(String name, Grid grid, PanelLayout w, int buffer, int task) {
    int bf16 = w.bf16() ? 1 : 0;
    int lanes = sizes.lanes();
    int splits = sizes.splits();
    record(
        name,
        grid,
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
        });
  }

  // ---- attention

  void storeLatent(
      Handles.Cache cache,
      int layer,
      Place compressed,
      Place weight,
      float eps,
      Place cos,
      Place sin,
      Place positions,
      Place slots,
      int count) {
    int threads = sizes.rowThreads();
    record(
        "storeLatent",
        Grid.tiles(count, 1, 1, threads),
        (graph, id, c, m) ->
            graph.task(
                id,
                AttentionKernels::storeLatents,
                c,
                m.floats,
                m.ints,
                m.keys.get(cache.buffer(layer)),
                count,
                compressed.at(),
                cache.latent(),
                cache.rope(),
                weight.at(),
                eps,
                cos.at(),
                sin.at(),
                positions.at(),
                slots.at(),
                cache.at(layer),
                cache.blockTokens(),
                threads));
  }

  void attend(
      Place out,
      Place queryLatent,
      Place query,
      int heads,
      Handles.Cache cache,
      int layer,
      Place positions,
      Place sequences,
      Place tables,
      float scale,
      int count) {
    int splits = sizes.keySplits();
    record(
        "attention",
        Grid.tiles(count, 1, heads, cache.blockTokens() * splits),
        (graph, id, c, m) ->
            graph.task(
                id,
                AttentionKernels::attendLatents,
                c,
                m.floats,
                m.ints,
                m.keys.get(cache.buffer(layer)),
                count,
                queryLatent.at(),
                query.at(),
                query.cols(),
                out.at(),
                heads,
                cache.at(layer),
                positions.at(),
                sequences.at(),
                tables.at(),
                tables.cols(),
                scale,
                cache.latent(),
                cache.rope(),
                cache.blockTokens(),
                splits));
  }

  // ---- experts

  void route(Handles.Routed out, Place logits, Place map, int mapRow, Place adapters, int count) {
    RouteRule rule = out.rule();
    int mapAt = map.at() + mapRow * map.cols();
    int normalize = rule.normalize() && rule.topK() > 1 ? 1 : 0;
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
                normalize,
                rule.scale(),
                mapAt,
                adapters.at(),
                out.at(),
                out.tokens(),
                out.weights().at(),
                tile,
                room,
                threads));
  }

  void experts(Place out, Place x, Handles.Pool pool, Handles.Routed routing, int count) {
    ExpertPanels layout = pool.layout();
    int intermediate = layout.down().cols();
    int wide = 2 * intermediate;
    Place hidden = routing.activations();
    Place y = routing.outputs();
    int pairs =
        RouteKernels.pairsAt(
            routing.at(), routing.tokens(), routing.rule().topK(), routing.rule().perToken());
    grouped(
        "expertsUp",
        x.at(),
        x.cols(),
        pairs,
        hidden.at(),
        wide,
        layout.gateUp(),
        0,
        pool,
        routing,
        count);
    siluMul(
        hidden.at(),
        hidden.at() + intermediate,
        intermediate,
        wide,
        count,
        routing.rule().perToken());
    grouped(
        "expertsDown",
        hidden.at(),
        wide,
        -1,
        y.at(),
        y.cols(),
        layout.down(),
        layout.downAt(),
        pool,
        routing,
        count);
    combine(out, routing, count);
  }

  /** One of the experts' linear layers, for the slots of every slab. */
  private void grouped(
      String name,
      int x,
      int xStride,
      int pairs,
      int out,
      int outStride,
      PanelLayout w,
      int weightsAt,
      Handles.Pool pool,
      Handles.Routed routing,
      int count) {
    SlotDirectory slots = pool.directory();
    RouteRule rule = routing.rule();
    for (int slab = 0; slab < slots.slabs(); slab++) {
      int[] task = new int[LinearTask.SIZE];
      task[LinearTask.COUNT] = count;
      task[LinearTask.X] = x;
      task[LinearTask.X_STRIDE] = xStride;
      task[LinearTask.OUT] = out;
      task[LinearTask.OUT_STRIDE] = outStride;
      task[LinearTask.HEADS] = 1;
      task[LinearTask.WEIGHTS] = weightsAt;
      task[LinearTask.UNIT_WORDS] = slots.slotWords();
      task[LinearTask.BIAS] = -1;
      task[LinearTask.TILES] =
          RouteKernels.tilesAt(routing.at(), routing.tokens(), rule.topK(), rule.perToken());
      task[LinearTask.FIRST_SLOT] = slots.firstSlot(slab);
      task[LinearTask.SLOTS] = slots.slotsOf(slab);
      task[LinearTask.PAIRS] = pairs;
      task[LinearTask.PER_TOKEN] = rule.perToken();
      int begun = Math.min(slots.slots(), routing.pairs());
      Grid grid = new Grid(count, rule.perToken(), tile, begun, w.panels(), 1, linearThreads());
      linear(name, grid, w, slots.firstBuffer() + slab, descriptors.add(task));
    }
  }

  private void combine(Place out, Handles.Routed routing, int count) {
    RouteRule rule = routing.rule();
    int places =
        RouteKernels.placesAt(routing.at(), routing.tokens(), rule.topK(), rule.perToken());
    record(
        "combine",
        elements(count, out.cols()),
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

  /** Where descriptors of tasks go. */
  interface Descriptors {
    /** Keeps a descriptor; returns its first int in the arena. */
    int add(int[] task);
  }
}
