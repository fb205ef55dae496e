package dev.heddle.ops;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Passes every call on to another backend; subclasses watch or record some of them. */
public abstract class DelegatingOps implements Ops {
  private final Ops ops;

  protected DelegatingOps(Ops ops) {
    this.ops = ops;
  }

  @Override
  public String name() {
    return ops.name();
  }

  @Override
  public Tensor floats(String name, int rows, int cols) {
    return ops.floats(name, rows, cols);
  }

  @Override
  public Tensor ints(String name, int rows, int cols) {
    return ops.ints(name, rows, cols);
  }

  @Override
  public Tensor vector(String name, MatrixData data) {
    return ops.vector(name, data);
  }

  @Override
  public Matrix matrix(String name, List<MatrixData> parts) {
    return ops.matrix(name, parts);
  }

  @Override
  public HeadMatrix headMatrix(String name, List<MatrixData> parts, boolean transposed) {
    return ops.headMatrix(name, parts, transposed);
  }

  @Override
  public RowTable rowTable(String name, MatrixData data) {
    return ops.rowTable(name, data);
  }

  @Override
  public ExpertPool expertPool(int slots, int hidden, int intermediate, DType dtype) {
    return ops.expertPool(slots, hidden, intermediate, dtype);
  }

  @Override
  public KvCache kvCache(CacheShape shape, int blocks, int blockTokens) {
    return ops.kvCache(shape, blocks, blockTokens);
  }

  @Override
  public Routing routing(int tokens, RouteRule rule, ExpertPool pool) {
    return ops.routing(tokens, rule, pool);
  }

  @Override
  public void prepare(Runnable pass) {
    ops.prepare(pass);
  }

  @Override
  public long deviceMemory() {
    return ops.deviceMemory();
  }

  @Override
  public int maxSlots() {
    return ops.maxSlots();
  }

  @Override
  public @Nullable DeviceStats deviceStats() {
    return ops.deviceStats();
  }

  @Override
  public void write(Tensor target, int[] source, int count) {
    ops.write(target, source, count);
  }

  @Override
  public void writeRow(Tensor target, int row, int[] source) {
    ops.writeRow(target, row, source);
  }

  @Override
  public void write(Tensor target, float[] source, int count) {
    ops.write(target, source, count);
  }

  @Override
  public void read(Tensor source, int row, float[] target) {
    ops.read(source, row, target);
  }

  @Override
  public void score(Tensor logits, RowScoring rows) {
    ops.score(logits, rows);
  }

  @Override
  public void read(Tensor source, int row, int[] target) {
    ops.read(source, row, target);
  }

  @Override
  public void fillSlot(ExpertPool pool, int slot, ExpertWeights weights) {
    ops.fillSlot(pool, slot, weights);
  }

  @Override
  public void clearSlot(ExpertPool pool, int slot) {
    ops.clearSlot(pool, slot);
  }

  @Override
  public void copyBlock(KvCache cache, int from, int to) {
    ops.copyBlock(cache, from, to);
  }

  @Override
  public boolean readsWithinPass() {
    return ops.readsWithinPass();
  }

  @Override
  public void embed(Tensor out, RowTable table, Tensor tokens, Rows rows) {
    ops.embed(out, table, tokens, rows);
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Tensor weight, float eps, Rows rows) {
    ops.rmsNorm(out, x, weight, eps, rows);
  }

  @Override
  public void add(Tensor x, Tensor y, Rows rows) {
    ops.add(x, y, rows);
  }

  @Override
  public void matmul(Tensor out, Tensor x, Matrix w, @Nullable Tensor bias, Rows rows) {
    ops.matmul(out, x, w, bias, rows);
  }

  @Override
  public void siluMul(Tensor gate, Tensor up, Rows rows) {
    ops.siluMul(gate, up, rows);
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
    ops.rope(x, heads, headStride, offset, table, positions, rows);
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
    ops.storeLatent(cache, layer, compressed, normWeight, eps, table, positions, kvSlots, rows);
  }

  @Override
  public void storeKeyValue(
      KvCache cache, int layer, Tensor values, Tensor keys, Tensor kvSlots, Rows rows) {
    ops.storeKeyValue(cache, layer, values, keys, kvSlots, rows);
  }

  @Override
  public void headMatmul(Tensor out, Tensor x, int headStride, HeadMatrix w, Rows rows) {
    ops.headMatmul(out, x, headStride, w, rows);
  }

  @Override
  public void attention(
      Tensor out,
      @Nullable Tensor qValue,
      Tensor q,
      int heads,
      KvCache cache,
      int layer,
      Tensor positions,
      Tensor sequences,
      Tensor blockTables,
      float scale,
      Rows rows) {
    ops.attention(
        out, qValue, q, heads, cache, layer, positions, sequences, blockTables, scale, rows);
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
    ops.route(out, logits, correction, sharedGate, rule, map, mapRow, adapters, counts, rows);
  }

  @Override
  public void experts(Tensor out, Tensor x, ExpertPool pool, Routing routing, Rows rows) {
    ops.experts(out, x, pool, routing, rows);
  }

  @Override
  public void gather(Tensor out, Tensor x, Tensor indices, Rows rows) {
    ops.gather(out, x, indices, rows);
  }

  @Override
  public void beginPass() {
    ops.beginPass();
  }

  @Override
  public void endPass() {
    ops.endPass();
  }

  @Override
  public void close() {
    ops.close();
  }
}
