package dev.heddle.ops.vector;

import static dev.heddle.ops.vector.NativeTensor.count;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.AttentionRule;
import dev.heddle.ops.CacheShape;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.HeadMatrix;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.PackedWeights;
import dev.heddle.ops.Require;
import dev.heddle.ops.RopeTable;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.RowMath;
import dev.heddle.ops.RowReader;
import dev.heddle.ops.RowScoring;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import dev.heddle.ops.WeightFormat;
import dev.heddle.ops.memory.NativeMemory;
import dev.heddle.ops.onednn.OneDnn;
import dev.heddle.ops.team.WorkerTeam;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Operations by SIMD kernels (Vector API) on a team of threads, with weights and activations
 * outside the heap. Equal to the scalar backend to the bit, at every vector width and number of
 * threads. This class checks shapes and finds the code; each family of operations has its own.
 */
public final class VectorOps implements Ops {
  private final WorkerTeam team;
  private final Workers workers;
  private final VectorMemory memory;
  private final @Nullable NativeProducts natives;
  private final Matmul matmul;
  private final HeadMatmul headMatmul;
  private final RowOps rowOps;
  private final RowCopies copies;
  private final Scorer scorer;
  private final RowViews views;
  private final List<Runnable> closers = new ArrayList<>();
  private volatile PackedWeights slots = PackedWeights.NONE; // of experts

  /**
   * @param threads how many work together, the caller's included
   */
  public VectorOps(int threads) {
    this(threads, null);
  }

  /**
   * @param library multiplies many rows, rounded to BF16, in place of the kernels here
   */
  VectorOps(int threads, @Nullable OneDnn library) {
    team = new WorkerTeam(threads);
    workers = new Workers(team);
    memory = new VectorMemory(workers);
    natives = library == null ? null : new NativeProducts(library, workers.count());
    matmul = new Matmul(workers, natives);
    headMatmul = new HeadMatmul(workers);
    rowOps = new RowOps(workers);
    copies = new RowCopies(workers);
    scorer = new Scorer(workers);
    views = new RowViews(workers);
    if (natives != null) {
      closers.add(natives::close);
    }
    closers.add(matmul::close);
    closers.add(headMatmul::close);
    closers.add(rowOps::close);
    closers.add(scorer::close);
    closers.add(memory::close);
  }

  /** Bits of the vectors in use. */
  public static int vectorBits() {
    return Lanes.BITS;
  }

  @Override
  public String name() {
    return natives == null ? "vector" : "onednn";
  }

  // ---- boot

  @Override
  public String packing() {
    return "vector " + Lanes.BITS + " bits, layout " + PanelPacker.LAYOUT;
  }

  @Override
  public void use(PackedWeights kept) {
    memory.use(kept);
    slots = kept;
  }

  @Override
  public void prepare(Runnable pass) {
    use(PackedWeights.NONE);
  }

  @Override
  public Tensor floats(String name, int rows, int cols) {
    matmul.reserve(rows, cols);
    return memory.tensor(name, rows, cols, true);
  }

  @Override
  public Tensor ints(String name, int rows, int cols) {
    return memory.tensor(name, rows, cols, false);
  }

  @Override
  public Tensor vector(String name, MatrixData data) {
    return memory.vector(name, data);
  }

  @Override
  public Matrix matrix(String name, List<MatrixData> parts, WeightFormat format) {
    PanelMatrix matrix = memory.matrix(name, StoredRows.stacked(name, parts), format);
    if (natives != null) {
      natives.prepare(matrix.cols());
    }
    return matrix;
  }

  @Override
  public HeadMatrix headMatrix(String name, List<MatrixData> parts, boolean transposed) {
    List<PanelMatrix> heads = new ArrayList<>();
    for (MatrixData part : parts) {
      StoredRows rows =
          transposed ? StoredRows.transposed(part) : StoredRows.stacked(name, List.of(part));
      PanelMatrix head = memory.matrix(name, rows, rows.format());
      Require.that(
          heads.isEmpty()
              || (head.rows() == heads.getFirst().rows() && head.cols() == heads.getFirst().cols()),
          name,
          "has heads of different shapes");
      heads.add(head);
    }
    HeadPanels matrix = new HeadPanels(List.copyOf(heads));
    headMatmul.reserve(matrix.cols());
    return matrix;
  }

  @Override
  public RowTable rowTable(String name, MatrixData data) {
    return memory.table(name, data);
  }

  @Override
  public ExpertPool expertPool(int slots, int hidden, int intermediate, WeightFormat format) {
    PanelExperts pool = new PanelExperts(slots, hidden, intermediate, format);
    if (natives != null) {
      natives.prepare(hidden);
      natives.prepare(intermediate);
    }
    closers.add(pool::close);
    return pool;
  }

  @Override
  public KvCache kvCache(CacheShape shape, int blocks, int blockTokens) {
    long bytes = KeyValueRows.bytes(shape, blocks, blockTokens);
    KeyValueRows keys = new KeyValueRows(shape, blocks, blockTokens, memory.reserve(bytes));
    PagedAttention attention = new PagedAttention(workers, keys);
    closers.add(attention::close);
    return new VectorHandles.Cache(keys, attention);
  }

  @Override
  public Routing routing(int tokens, RouteRule rule, ExpertPool pool) {
    PanelRouting batch =
        new PanelRouting(
            rule,
            (PanelExperts) pool,
            memory.tensor("picks", tokens, rule.topK(), false),
            memory.tensor("weights", tokens, rule.perToken(), true),
            memory.tensor("slots", tokens, rule.perToken(), false));
    Rerouting router = new Rerouting(workers, batch);
    Experts experts = new Experts(workers, batch, natives);
    closers.add(router::close);
    closers.add(experts::close);
    return new VectorHandles.Routed(batch, router, experts);
  }

  // ---- host and backend

  @Override
  public void write(Tensor target, int[] source, int count) {
    NativeTensor t = NativeTensor.ints(target);
    Require.that(count >= 0 && count <= t.elements(), t.name(), "has no room for the write");
    put(source, ValueLayout.JAVA_INT_UNALIGNED, t.address(), count);
  }

  @Override
  public void writeRow(Tensor target, int row, int[] source) {
    NativeTensor t = NativeTensor.ints(target).holding(row + 1);
    Require.that(row >= 0 && source.length <= t.cols(), t.name(), "has no such row");
    put(source, ValueLayout.JAVA_INT_UNALIGNED, t.row(row), source.length);
  }

  @Override
  public void write(Tensor target, float[] source, int count) {
    NativeTensor t = NativeTensor.floats(target);
    Require.that(count >= 0 && count <= t.elements(), t.name(), "has no room for the write");
    put(source, ValueLayout.JAVA_FLOAT_UNALIGNED, t.address(), count);
  }

  private static void put(Object array, ValueLayout layout, long address, int count) {
    MemorySegment.copy(array, 0, NativeMemory.ALL, layout, address, count);
  }

  @Override
  public void read(Tensor source, int row, float[] target) {
    get(NativeTensor.floats(source), row, target, ValueLayout.JAVA_FLOAT_UNALIGNED, target.length);
  }

  @Override
  public void score(Tensor logits, RowScoring rows) {
    NativeTensor t = NativeTensor.floats(logits);
    for (int i = 0; i < rows.count(); i++) {
      Require.that(
          rows.row(i) >= 0 && rows.row(i) < t.rows() && rows.token(i) < t.cols(),
          t.name(),
          "has no such row or token");
    }
    scorer.run(t.address(), t.cols(), rows);
  }

  @Override
  public void show(Tensor logits, RowReader rows) {
    NativeTensor t = NativeTensor.floats(logits);
    for (int i = 0; i < rows.count(); i++) {
      Require.that(rows.row(i) >= 0 && rows.row(i) < t.rows(), t.name(), "has no such row");
    }
    views.show(t.address(), t.cols(), rows);
  }

  @Override
  public int lanes() {
    return views.lanes();
  }

  @Override
  public RowMath rowMath() {
    return VectorRowMath.INSTANCE;
  }

  @Override
  public void read(Tensor source, int row, int[] target) {
    get(NativeTensor.ints(source), row, target, ValueLayout.JAVA_INT_UNALIGNED, target.length);
  }

  private static void get(NativeTensor t, int row, Object array, ValueLayout layout, int count) {
    Require.that(
        row >= 0 && (long) row * t.cols() + count <= t.elements(), t.name(), "has no such row");
    MemorySegment.copy(NativeMemory.ALL, layout, t.row(row), array, 0, count);
  }

  @Override
  public void fillSlot(ExpertPool pool, int slot, ExpertWeights weights) {
    ((PanelExperts) pool).fill(slot, weights, slots);
  }

  @Override
  public void clearSlot(ExpertPool pool, int slot) {
    ((PanelExperts) pool).clear(slot);
  }

  @Override
  public void copyBlock(KvCache cache, int from, int to) {
    KeyValueRows keys = ((VectorHandles.Cache) cache).keys();
    Require.that(
        from >= 0 && from < keys.blocks() && to >= 0 && to < keys.blocks(),
        "KV cache",
        "has no such block");
    for (int layer = 0; layer < keys.shape().layers(); layer++) {
      for (int group = 0; group < keys.shape().groups(); group++) {
        Lanes.copy(keys.block(layer, group, from), keys.block(layer, group, to), keys.blockBytes());
      }
    }
  }

  // ---- forward

  @Override
  public boolean readsWithinPass() {
    return true;
  }

  @Override
  public void embed(Tensor out, RowTable table, Tensor tokens, Rows rows) {
    int count = count(rows);
    NativeTensor o = NativeTensor.floats(out).holding(count);
    Require.that(o.cols() == table.cols(), o.name(), "does not fit the table");
    copies.embed(o, (VectorHandles.Table) table, NativeTensor.ints(tokens).holding(count), count);
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Tensor weight, float eps, Rows rows) {
    int count = count(rows);
    NativeTensor o = NativeTensor.floats(out).holding(count);
    NativeTensor in = NativeTensor.floats(x).holding(count);
    NativeTensor w = NativeTensor.floats(weight);
    Require.that(in.cols() % w.cols() == 0 && o.cols() == in.cols(), w.name(), "does not fit");
    rowOps.rmsNorm(o, in, w, eps, count);
  }

  @Override
  public void add(Tensor x, Tensor y, Rows rows) {
    int count = count(rows);
    Require.that(x.cols() == y.cols(), y.name(), "does not fit");
    rowOps.add(NativeTensor.floats(x).holding(count), NativeTensor.floats(y).holding(count), count);
  }

  @Override
  public void matmul(Tensor out, Tensor x, Matrix w, @Nullable Tensor bias, Rows rows) {
    int count = count(rows);
    NativeTensor o = NativeTensor.floats(out).holding(count);
    NativeTensor in = NativeTensor.floats(x).holding(count);
    Require.that(o.cols() == w.rows() && in.cols() >= w.cols(), o.name(), "does not fit");
    Require.that(bias == null || bias.cols() == w.rows(), o.name(), "does not fit its bias");
    long b = bias == null ? 0 : NativeTensor.floats(bias).address();
    matmul.run(o, in, (PanelMatrix) w, b, count);
  }

  @Override
  public void siluMul(Tensor gate, Tensor up, Rows rows) {
    int count = count(rows);
    Require.that(gate.cols() == up.cols(), up.name(), "does not fit");
    rowOps.siluMul(
        NativeTensor.floats(gate).holding(count), NativeTensor.floats(up).holding(count), count);
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
    int count = count(rows);
    NativeTensor in = NativeTensor.floats(x).holding(count);
    int end = (heads - 1) * headStride + offset + 2 * table.cos().cols();
    Require.that(offset >= 0 && end <= in.cols(), in.name(), "is narrower than its heads");
    rowOps.rope(
        in, heads, headStride, offset, table, NativeTensor.ints(positions).holding(count), count);
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
    int count = count(rows);
    KeyValueRows keys = ((VectorHandles.Cache) cache).keys();
    Require.that(
        compressed.cols() == keys.width()
            && normWeight.cols() == keys.value()
            && 2 * table.cos().cols() == keys.key(),
        compressed.name(),
        "does not fit the cache");
    rowOps.storeLatent(
        keys,
        layer,
        NativeTensor.floats(compressed).holding(count),
        NativeTensor.floats(normWeight),
        eps,
        table,
        NativeTensor.ints(positions).holding(count),
        NativeTensor.ints(kvSlots).holding(count),
        count);
  }

  @Override
  public void storeKeyValue(
      KvCache cache, int layer, Tensor values, Tensor keys, Tensor kvSlots, Rows rows) {
    int count = count(rows);
    KeyValueRows target = ((VectorHandles.Cache) cache).keys();
    int groups = target.shape().groups();
    Require.that(
        values.cols() == groups * target.value() && keys.cols() == groups * target.key(),
        keys.name(),
        "does not fit the cache");
    rowOps.storeKeyValue(
        target,
        layer,
        NativeTensor.floats(values).holding(count),
        NativeTensor.floats(keys).holding(count),
        NativeTensor.ints(kvSlots).holding(count),
        count);
  }

  @Override
  public void headMatmul(Tensor out, Tensor x, int headStride, HeadMatrix w, Rows rows) {
    int count = count(rows);
    NativeTensor o = NativeTensor.floats(out).holding(count);
    NativeTensor in = NativeTensor.floats(x).holding(count);
    int end = (w.heads() - 1) * headStride + w.cols();
    Require.that(
        o.cols() == w.heads() * w.rows() && end <= in.cols(), o.name(), "does not fit the heads");
    headMatmul.run(o, in, headStride, (HeadPanels) w, count);
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
    int count = count(rows);
    VectorHandles.Cache c = (VectorHandles.Cache) cache;
    int heads = rule.heads();
    int values = heads * c.keys().value();
    Require.that(
        out.cols() == values
            && (qValue == null || qValue.cols() == values)
            && q.cols() % heads == 0
            && heads % c.keys().shape().groups() == 0,
        out.name(),
        "does not fit the cache");
    c.attention()
        .inputs()
        .set(
            NativeTensor.floats(out).holding(count),
            qValue == null ? null : NativeTensor.floats(qValue).holding(count),
            NativeTensor.floats(q).holding(count),
            rule,
            layer,
            NativeTensor.ints(positions).holding(count),
            NativeTensor.ints(sequences).holding(count),
            NativeTensor.ints(blockTables));
    c.attention().run(count);
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
    int count = count(rows);
    VectorHandles.Routed routed = (VectorHandles.Routed) out;
    routed.batch().slots().holding(count);
    Require.that(
        routed.batch().rule().equals(rule)
            && logits.cols() == rule.routed()
            && map.cols() == rule.routed() + rule.shared()
            && (correction == null || correction.cols() == rule.routed()),
        logits.name(),
        "does not fit the rule");
    Require.that(
        counts == null || (counts.cols() == rule.routed() && counts.rows() == map.rows()),
        map.name(),
        "does not fit the counters");
    routed
        .router()
        .run(
            NativeTensor.floats(logits).holding(count),
            correction == null ? null : NativeTensor.floats(correction),
            sharedGate == null ? null : NativeTensor.floats(sharedGate).holding(count),
            NativeTensor.ints(map),
            mapRow,
            NativeTensor.ints(adapters).holding(count),
            count);
    if (counts != null) {
      routed.router().count(NativeTensor.ints(counts), count);
    }
  }

  @Override
  public void experts(Tensor out, Tensor x, ExpertPool pool, Routing routing, Rows rows) {
    int count = count(rows);
    VectorHandles.Routed routed = (VectorHandles.Routed) routing;
    NativeTensor o = NativeTensor.floats(out).holding(count);
    NativeTensor in = NativeTensor.floats(x).holding(count);
    PanelExperts experts = routed.batch().pool();
    Require.that(
        experts == pool && o.cols() == experts.hidden() && in.cols() == experts.hidden(),
        o.name(),
        "does not fit the experts");
    routed.experts().run(o, in, count);
  }

  @Override
  public void gather(Tensor out, Tensor x, Tensor indices, Rows rows) {
    int count = count(rows);
    NativeTensor o = NativeTensor.floats(out).holding(count);
    Require.that(out.cols() == x.cols(), o.name(), "does not fit");
    copies.gather(o, NativeTensor.floats(x), NativeTensor.ints(indices).holding(count), count);
  }

  @Override
  public void close() {
    team.close();
    closers.forEach(Runnable::run);
    closers.clear();
  }
}
