package dev.heddle.tornado;

import static dev.heddle.tornado.DeviceHandles.floatsIfAny;
import static dev.heddle.tornado.DeviceHandles.floatsOf;
import static dev.heddle.tornado.DeviceHandles.intsOf;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.Widening;
import dev.heddle.ops.AttentionRule;
import dev.heddle.ops.CacheShape;
import dev.heddle.ops.DeviceStats;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.HeadMatrix;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Require;
import dev.heddle.ops.RopeTable;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.RowChoice;
import dev.heddle.ops.RowMath;
import dev.heddle.ops.RowReader;
import dev.heddle.ops.RowScoring;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import dev.heddle.ops.WeightFormat;
import dev.heddle.ops.vector.HostScorer;
import dev.heddle.tornado.DeviceHandles.Place;
import dev.heddle.tornado.kernel.RouteKernels;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of a pass on an accelerator, by TornadoVM. Buffers and weights are declared as
 * places; {@link #prepare} records the pass once for each class of shapes, compiles it and brings
 * the weights over; from then on a pass is a check that its calls are the recorded ones, one
 * upload, and a replay.
 */
final class TornadoOps implements Ops {
  private final DeviceLimits limits;
  private final Declarations declared;
  private final Trace trace = new Trace();
  private final HostScorer scorer = new HostScorer(Runtime.getRuntime().availableProcessors());
  private @Nullable PassRecorder recording; // while a pass is recorded
  private @Nullable Engine engine; // once prepared

  TornadoOps(DeviceLimits limits) {
    this.limits = limits;
    this.declared = new Declarations(limits);
  }

  @Override
  public String name() {
    return TornadoFactory.NAME;
  }

  @Override
  public int maxSlots() {
    return RouteKernels.MAX_SLOTS;
  }

  @Override
  public long deviceMemory() {
    return limits.memory();
  }

  // ---- boot

  @Override
  public Tensor floats(String name, int rows, int cols) {
    return declared.floats(name, rows, cols);
  }

  @Override
  public Tensor ints(String name, int rows, int cols) {
    return declared.ints(name, rows, cols);
  }

  @Override
  public Tensor vector(String name, MatrixData data) {
    float[] values = Widening.toFloats(data);
    Place place = declared.floats(name, 1, values.length);
    write(place, values, values.length);
    return place;
  }

  @Override
  public Matrix matrix(String name, List<MatrixData> parts, WeightFormat format) {
    requireStored(name, format);
    return declared.panels(name, List.of(PanelRows.stacked(name, parts)));
  }

  @Override
  public HeadMatrix headMatrix(String name, List<MatrixData> parts, boolean transposed) {
    return declared.panels(
        name,
        parts.stream()
            .map(part ->
                transposed ? PanelRows.transposed(part) : PanelRows.stacked(name, List.of(part)))
            .toList());
  }

  @Override
  public RowTable rowTable(String name, MatrixData data) {
    return declared.table(name, PanelRows.stacked(name, List.of(data)));
  }

  @Override
  public ExpertPool expertPool(int slots, int hidden, int intermediate, WeightFormat format) {
    requireStored("expert pool", format);
    return declared.pool(slots, hidden, intermediate, format);
  }

  private static void requireStored(String name, WeightFormat format) {
    Require.that(format != WeightFormat.INT8, name, "cannot be kept as int8");
  }

  @Override
  public KvCache kvCache(CacheShape shape, int blocks, int blockTokens) {
    return declared.cache(shape, blocks, blockTokens);
  }

  @Override
  public Routing routing(int tokens, RouteRule rule, ExpertPool pool) {
    return declared.routing(tokens, rule, (DeviceHandles.Pool) pool);
  }

  @Override
  public void prepare(Runnable pass) {
    engine =
        Engine.start(
            limits,
            declared,
            recorder -> {
              this.recording = recorder;
              trace.record();
              pass.run();
              this.recording = null;
            });
  }

  // ---- host and device

  @Override
  public void write(Tensor target, int[] source, int count) {
    Place place = intsOf(target);
    Require.that(
        count >= 0 && count <= place.elements(), place.name(), "has no room for the write");
    put(place.at(), source, count);
  }

  @Override
  public void writeRow(Tensor target, int row, int[] source) {
    Place place = intsOf(target);
    Require.that(
        row >= 0 && row < place.rows() && source.length <= place.cols(),
        place.name(),
        "has no such row");
    put(place.at() + row * place.cols(), source, source.length);
  }

  private void put(int at, int[] source, int count) {
    if (engine == null) {
      int[] copy = Arrays.copyOf(source, count);
      declared.later(started -> started.write(at, copy, count));
    } else {
      engine.write(at, source, count);
    }
  }

  @Override
  public void write(Tensor target, float[] source, int count) {
    Place place = floatsOf(target);
    Require.that(
        count >= 0 && count <= place.elements(), place.name(), "has no room for the write");
    if (engine == null) {
      float[] copy = Arrays.copyOf(source, count);
      declared.later(started -> started.write(place.at(), copy, count));
    } else {
      engine.write(place.at(), source, count);
    }
  }

  @Override
  public void read(Tensor source, int row, float[] target) {
    MemorySegment.copy(
        read(floatsOf(source), row, target.length),
        ValueLayout.JAVA_FLOAT_UNALIGNED,
        0,
        target,
        0,
        target.length);
  }

  @Override
  public void read(Tensor source, int row, int[] target) {
    MemorySegment.copy(
        read(intsOf(source), row, target.length),
        ValueLayout.JAVA_INT_UNALIGNED,
        0,
        target,
        0,
        target.length);
  }

  @Override
  public void score(Tensor logits, RowScoring rows) {
    scorer.score(onHost(logits, rows), logits.cols(), rows);
  }

  @Override
  public void show(Tensor logits, RowReader rows) {
    scorer.show(onHost(logits, rows), logits.cols(), rows);
  }

  @Override
  public int lanes() {
    return scorer.lanes();
  }

  @Override
  public RowMath rowMath() {
    return scorer.rowMath();
  }

  /** Brings rows over; the address that row 0 has on the host. */
  private long onHost(Tensor tensor, RowChoice rows) {
    Place place = floatsOf(tensor);
    long base = 0;
    for (int i = 0; i < rows.count(); i++) { // each to its place in the arena's host side
      long row = read(place, rows.row(i), place.cols()).address();
      base = row - 4L * rows.row(i) * place.cols();
    }
    return base;
  }

  private MemorySegment read(Place place, int row, int count) {
    Require.that(
        row >= 0 && (long) row * place.cols() + count <= place.elements(),
        place.name(),
        "has no such row");
    return engine().read(place, row * place.cols(), count);
  }

  @Override
  public void fillSlot(ExpertPool pool, int slot, ExpertWeights weights) {
    DeviceHandles.Pool p = (DeviceHandles.Pool) pool;
    Require.that(slot >= 0 && slot < p.slots(), "the expert pool", "has no slot " + slot);
    PanelLayout layout = p.layout().down();
    Require.that(
        weights.down().rows() == layout.rows() && weights.down().cols() == layout.cols(),
        "the expert's size",
        "is not the pool's");
    if (engine == null) {
      declared.later(started -> started.fillSlot(p, slot, weights));
    } else {
      engine.fillSlot(p, slot, weights);
    }
  }

  /** The slot's memory is the pool's, whether it is filled or not. */
  @Override
  public void clearSlot(ExpertPool pool, int slot) {}

  @Override
  public void copyBlock(KvCache cache, int from, int to) {
    Require.that(
        from >= 0 && from < cache.blocks() && to >= 0 && to < cache.blocks(),
        "the KV cache",
        "has no such block");
    engine().copyBlock(from, to);
  }

  // ---- forward: recorded once, then checked

  @Override
  public void embed(Tensor out, RowTable table, Tensor tokens, Rows rows) {
    PassRecorder recorder = called(out, table, rows);
    if (recorder == null) {
      return;
    }
    DeviceHandles.Table t = (DeviceHandles.Table) table;
    Require.that(out.cols() == t.cols(), out.name(), "does not fit the table's rows");
    recorder.embed(floatsOf(out), t, intsOf(tokens), count(rows));
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Tensor weight, float eps, Rows rows) {
    PassRecorder recorder = called(out, weight, rows);
    if (recorder == null) {
      return;
    }
    Require.that(
        x.cols() % weight.cols() == 0 && out.cols() == x.cols(), weight.name(), "does not fit");
    recorder.rmsNorm(floatsOf(out), floatsOf(x), floatsOf(weight), eps, count(rows));
  }

  @Override
  public void add(Tensor x, Tensor y, Rows rows) {
    PassRecorder recorder = called(x, y, rows);
    if (recorder == null) {
      return;
    }
    Require.that(x.cols() == y.cols(), y.name(), "does not fit " + x.name());
    recorder.add(floatsOf(x), floatsOf(y), count(rows));
  }

  @Override
  public void matmul(Tensor out, Tensor x, Matrix w, @Nullable Tensor bias, Rows rows) {
    PassRecorder recorder = called(out, w, rows);
    if (recorder == null) {
      return;
    }
    Require.that(out.cols() == w.rows() && x.cols() >= w.cols(), out.name(), "does not fit");
    int biasAt = bias == null ? -1 : floatsOf(bias).at();
    recorder.linear.record(
        "matmul", floatsOf(out), floatsOf(x), 0, (DeviceHandles.Panels) w, biasAt, count(rows));
  }

  @Override
  public void siluMul(Tensor gate, Tensor up, Rows rows) {
    PassRecorder recorder = called(gate, up, rows);
    if (recorder == null) {
      return;
    }
    Require.that(gate.cols() == up.cols(), up.name(), "does not fit " + gate.name());
    recorder.siluMul(floatsOf(gate), floatsOf(up), count(rows));
  }

  @Override
  public void rope(
      Tensor x,
      int heads,
      int headStride,
      int offset,
      RopeTable table,
      Tensor positions,
      Rows rows) {
    PassRecorder recorder = called(x, positions, rows);
    if (recorder == null) {
      return;
    }
    recorder.rope(floatsOf(x), heads, headStride, offset, table, intsOf(positions), count(rows));
  }

  @Override
  public void storeLatent(
      KvCache cache,
      int layer,
      Tensor compressed,
      Tensor normWeight,
      float eps,
      RopeTable table,
      Tensor positions,
      Tensor kvSlots,
      Rows rows) {
    PassRecorder recorder = called(compressed, normWeight, rows);
    if (recorder == null) {
      return;
    }
    CacheShape shape = cache.shape();
    Require.that(
        shape.groups() == 1 && compressed.cols() == shape.width(),
        compressed.name(),
        "does not fit the cache");
    recorder.attention.storeLatent(
        (DeviceHandles.Cache) cache,
        layer,
        floatsOf(compressed),
        floatsOf(normWeight),
        eps,
        table,
        intsOf(positions),
        intsOf(kvSlots),
        count(rows));
  }

  @Override
  public void storeKeyValue(
      KvCache cache, int layer, Tensor values, Tensor keys, Tensor kvSlots, Rows rows) {
    PassRecorder recorder = called(values, keys, rows);
    if (recorder == null) {
      return;
    }
    CacheShape shape = cache.shape();
    Require.that(
        values.cols() == shape.groups() * shape.value()
            && keys.cols() == shape.groups() * shape.key(),
        keys.name(),
        "does not fit the cache");
    recorder.attention.storeKeyValue(
        (DeviceHandles.Cache) cache,
        layer,
        floatsOf(values),
        floatsOf(keys),
        intsOf(kvSlots),
        count(rows));
  }

  @Override
  public void headMatmul(Tensor out, Tensor x, int headStride, HeadMatrix w, Rows rows) {
    PassRecorder recorder = called(out, w, rows);
    if (recorder == null) {
      return;
    }
    Require.that(out.cols() == w.heads() * w.rows(), out.name(), "does not fit");
    DeviceHandles.Panels panels = (DeviceHandles.Panels) w;
    recorder.linear.record(
        "headMatmul", floatsOf(out), floatsOf(x), headStride, panels, -1, count(rows));
  }

  @Override
  public void attention(
      Tensor out,
      @Nullable Tensor qValue,
      Tensor q,
      AttentionRule rule,
      KvCache cache,
      int layer,
      Tensor positions,
      Tensor sequences,
      Tensor blockTables,
      Rows rows) {
    PassRecorder recorder = called(out, q, rows);
    if (recorder == null) {
      return;
    }
    CacheShape shape = cache.shape();
    Require.that(
        rule.heads() % shape.groups() == 0 && out.cols() == rule.heads() * shape.value(),
        out.name(),
        "does not fit the cache");
    recorder.attention.attend(
        floatsOf(out),
        floatsIfAny(qValue),
        floatsOf(q),
        rule,
        (DeviceHandles.Cache) cache,
        layer,
        new AttentionRecorder.Tokens(intsOf(positions), intsOf(sequences), intsOf(blockTables)),
        count(rows));
  }

  @Override
  public void route(
      Routing out,
      Tensor logits,
      @Nullable Tensor correction,
      @Nullable Tensor sharedGate,
      RouteRule rule,
      Tensor map,
      int mapRow,
      Tensor adapters,
      @Nullable Tensor counts,
      Rows rows) {
    PassRecorder recorder = called(out, logits, rows);
    if (recorder == null) {
      return;
    }
    DeviceHandles.Routed routed = (DeviceHandles.Routed) out;
    Require.that(routed.rule().equals(rule), "the routing", "was made for another rule");
    Require.that(
        correction == null || correction.cols() == rule.routed(), "the correction", "does not fit");
    Require.that(
        counts == null || (counts.cols() == rule.routed() && counts.rows() == map.rows()),
        map.name(),
        "does not fit the counters");
    int countsAt = counts == null ? -1 : intsOf(counts).at() + mapRow * counts.cols();
    recorder.experts.route(
        routed,
        floatsOf(logits),
        floatsIfAny(correction),
        floatsIfAny(sharedGate),
        intsOf(map).at() + mapRow * map.cols(),
        intsOf(adapters),
        countsAt,
        count(rows));
  }

  @Override
  public void experts(Tensor out, Tensor x, ExpertPool pool, Routing routing, Rows rows) {
    PassRecorder recorder = called(out, x, rows);
    if (recorder == null) {
      return;
    }
    recorder.experts.compute(
        floatsOf(out),
        floatsOf(x),
        (DeviceHandles.Pool) pool,
        (DeviceHandles.Routed) routing,
        count(rows));
  }

  @Override
  public void gather(Tensor out, Tensor x, Tensor indices, Rows rows) {
    PassRecorder recorder = called(out, x, rows);
    if (recorder == null) {
      return;
    }
    Require.that(out.cols() == x.cols(), out.name(), "does not fit " + x.name());
    recorder.gather(floatsOf(out), floatsOf(x), intsOf(indices), count(rows));
  }

  /**
   * Notes a call, or checks that it is the recorded one.
   *
   * @param operand what tells it from other calls that write {@code out}
   * @return who records it, null once the pass is prepared
   */
  private @Nullable PassRecorder called(Object out, Object operand, Rows rows) {
    if (recording == null) {
      trace.expect(out, operand, rows);
    } else {
      trace.add(out, operand, rows);
    }
    return recording;
  }

  private int count(Rows rows) {
    int at = intsOf(rows.counts()).at() + rows.index();
    trace.count(at);
    return at;
  }

  @Override
  public void beginPass() {
    engine();
    trace.begin();
  }

  @Override
  public void endPass() {
    trace.end();
    engine().pass(trace.counts());
  }

  @Override
  public @Nullable DeviceStats deviceStats() {
    return engine == null ? null : engine.stats();
  }

  /** TornadoVM's log of what it measured. */
  String profile() {
    return engine().profile();
  }

  private Engine engine() {
    if (engine == null) {
      throw new IllegalStateException("the pass has not been prepared");
    }
    return engine;
  }

  @Override
  public void close() {
    scorer.close();
    if (engine != null) {
      engine.close();
      engine = null;
    }
  }
}
