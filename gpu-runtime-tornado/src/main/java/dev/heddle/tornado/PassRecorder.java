package dev.heddle.tornado;

import static dev.heddle.tornado.DeviceHandles.Place;

import dev.heddle.tornado.kernel.AttentionKernels;
import dev.heddle.tornado.kernel.DeviceRowKernels;

/**
 * Turns operations into tasks of a {@link Pass}: those on rows and attention here, {@link #linear}
 * layers and {@link #experts} in recorders of their own.
 */
final class PassRecorder {
  final LinearRecorder linear;
  final ExpertRecorder experts;
  private final Pass pass;
  private final DeviceClass sizes;

  /**
   * @param tile rows that share each weight that is read; one class of shapes
   */
  PassRecorder(Pass pass, int tile, DeviceClass sizes, LinearRecorder.Descriptors descriptors) {
    this.pass = pass;
    this.sizes = sizes;
    this.linear = new LinearRecorder(pass, tile, sizes, descriptors);
    this.experts = new ExpertRecorder(pass, tile, sizes, this);
  }

  private void record(String name, Grid grid, DeviceTask.Adder adder) {
    pass.add(new DeviceTask(name, grid, adder));
  }

  private Grid elements(int count, int elements) {
    return Grid.elements(count, 1, elements, sizes.items());
  }

  void embed(Place out, DeviceHandles.Table table, Place tokens, int count) {
    record(
        "embed",
        elements(count, out.cols()),
        (graph, id, c, m) ->
            graph.task(
                id,
                DeviceRowKernels::embedRows,
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
                DeviceRowKernels::normRows,
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
                id,
                DeviceRowKernels::addRows,
                c,
                m.floats,
                m.ints,
                count,
                x.at(),
                y.at(),
                x.cols()));
  }

  void siluMul(Place gate, Place up, int count) {
    siluMul(gate.at(), up.at(), gate.cols(), gate.cols(), count, 1);
  }

  /** As the other, on {@code perCount} rows of each live one, {@code stride} floats apart. */
  void siluMul(int gate, int up, int cols, int stride, int count, int perCount) {
    record(
        "siluMul",
        Grid.elements(count, perCount, cols, sizes.items()),
        (graph, id, c, m) ->
            graph.task(
                id,
                DeviceRowKernels::siluRows,
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
                DeviceRowKernels::rotateRows,
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
                DeviceRowKernels::gatherRows,
                c,
                m.floats,
                m.ints,
                count,
                out.at(),
                x.at(),
                out.cols(),
                indices.at()));
  }

  // ---- attention

  void storeLatent(
      DeviceHandles.Cache cache,
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
      DeviceHandles.Cache cache,
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
}
