package dev.heddle.tornado;

import static dev.heddle.tornado.DeviceHandles.Place;
import static dev.heddle.tornado.DeviceHandles.floatsOf;

import dev.heddle.ops.RopeTable;
import dev.heddle.tornado.kernel.DeviceRowKernels;

/**
 * Turns operations into tasks of a {@link Pass}: those on rows here, {@link #linear} layers, {@link
 * #attention} and {@link #experts} in recorders of their own.
 */
final class PassRecorder {
  final LinearRecorder linear;
  final AttentionRecorder attention;
  final ExpertRecorder experts;
  private final Pass pass;
  private final DeviceClass sizes;

  /**
   * @param tile rows that share each weight that is read; one class of shapes
   */
  PassRecorder(Pass pass, int tile, DeviceClass sizes, Descriptors descriptors) {
    this.pass = pass;
    this.sizes = sizes;
    this.linear = new LinearRecorder(pass, tile, sizes, descriptors);
    this.attention = new AttentionRecorder(pass, sizes, descriptors);
    this.experts = new ExpertRecorder(pass, tile, sizes, descriptors, this);
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

  /** Normalises each part of a row that is as wide as the weight. */
  void rmsNorm(Place out, Place x, Place weight, float eps, int count) {
    int threads = sizes.rowThreads();
    int parts = x.cols() / weight.cols();
    record(
        "rmsNorm",
        Grid.tiles(count, 1, parts, threads),
        (graph, id, c, m) ->
            graph.task(
                id,
                DeviceRowKernels::normRows,
                c,
                m.floats,
                m.ints,
                count,
                parts,
                out.at(),
                x.at(),
                weight.cols(),
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
      Place x, int heads, int headStride, int offset, RopeTable table, Place positions, int count) {
    Place cos = floatsOf(table.cos());
    Place sin = floatsOf(table.sin());
    int pairs = cos.cols();
    record(
        "rope",
        elements(count, heads * pairs),
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
                pairs,
                table.step(),
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
}
