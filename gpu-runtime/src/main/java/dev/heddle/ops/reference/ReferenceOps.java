package dev.heddle.ops.reference;

import static dev.heddle.ops.reference.Buffers.count;
import static dev.heddle.ops.reference.Buffers.floatsOf;
import static dev.heddle.ops.reference.Buffers.intsOf;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.Widening;
import dev.heddle.ops.AttentionRule;
import dev.heddle.ops.CacheShape;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.HeadMatrix;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Logprobs;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Numerics;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RopeTable;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.RowReader;
import dev.heddle.ops.RowScoring;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import dev.heddle.ops.UnusableLogitsException;
import dev.heddle.ops.WeightFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every operation as its definition reads: scalar, one thread, plain arrays. The oracle that other
 * backends are compared with, to the bit; not meant to be fast.
 */
public final class ReferenceOps implements Ops {
  private final RowMath row = new RowMath();
  private final List<Runnable> owned = new ArrayList<>();

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public Tensor floats(String name, int rows, int cols) {
    return Buffers.Floats.of(name, rows, cols);
  }

  @Override
  public Tensor ints(String name, int rows, int cols) {
    return Buffers.Ints.of(name, rows, cols);
  }

  @Override
  public Tensor vector(String name, MatrixData data) {
    float[] values = Widening.toFloats(data);
    return new Buffers.Floats(name, 1, values.length, values);
  }

  @Override
  public Matrix matrix(String name, List<MatrixData> parts, WeightFormat format) {
    return own(Weights.Dense.stacked(parts, format));
  }

  @Override
  public HeadMatrix headMatrix(String name, List<MatrixData> parts, boolean transposed) {
    return new Weights.PerHead(
        parts.stream()
            .map(part -> transposed ? Weights.Dense.transposed(part) : Weights.Dense.of(part))
            .map(this::own)
            .toList());
  }

  @Override
  public RowTable rowTable(String name, MatrixData data) {
    return own(Weights.Dense.of(data));
  }

  @Override
  public ExpertPool expertPool(int slots, int hidden, int intermediate, WeightFormat format) {
    Weights.Pool pool = new Weights.Pool(hidden, intermediate, format, new Weights.Expert[slots]);
    owned.add(pool::close);
    return pool;
  }

  @Override
  public KvCache kvCache(CacheShape shape, int blocks, int blockTokens) {
    Buffers.Cache cache = Buffers.Cache.of(shape, blocks, blockTokens);
    owned.add(cache.values()::close);
    return cache;
  }

  @Override
  public Routing routing(int tokens, RouteRule rule, ExpertPool pool) {
    return new ReferenceRouting(tokens, rule, (Weights.Pool) pool);
  }

  @Override
  public void write(Tensor target, int[] source, int count) {
    System.arraycopy(source, 0, intsOf(target), 0, count);
  }

  @Override
  public void writeRow(Tensor target, int row, int[] source) {
    Shapes.require(source.length <= target.cols(), target.name() + " has shorter rows");
    System.arraycopy(source, 0, intsOf(target), row * target.cols(), source.length);
  }

  @Override
  public void write(Tensor target, float[] source, int count) {
    System.arraycopy(source, 0, floatsOf(target), 0, count);
  }

  @Override
  public void read(Tensor source, int row, float[] target) {
    System.arraycopy(floatsOf(source), row * source.cols(), target, 0, target.length);
  }

  @Override
  public void score(Tensor logits, RowScoring rows) {
    float[] values = new float[logits.cols()];
    for (int i = 0; i < rows.count(); i++) {
      read(logits, rows.row(i), values);
      try {
        Logprobs result = new Logprobs(rows.alternatives(i));
        result.score(values, rows.token(i), rows.alternatives(i));
        rows.scored(i, result);
      } catch (UnusableLogitsException e) {
        rows.failed(i, e);
      }
    }
  }

  @Override
  public void show(Tensor logits, RowReader rows) {
    float[] values = new float[logits.cols()];
    for (int i = 0; i < rows.count(); i++) {
      read(logits, rows.row(i), values);
      rows.look(0, i, values);
    }
  }

  @Override
  public void read(Tensor source, int row, int[] target) {
    System.arraycopy(intsOf(source), row * source.cols(), target, 0, target.length);
  }

  @Override
  public void fillSlot(ExpertPool pool, int slot, ExpertWeights weights) {
    Weights.Pool p = (Weights.Pool) pool;
    Weights.Expert expert = Weights.Expert.of(weights, p.format());
    Shapes.require(
        expert.gate().rows() == p.intermediate() && expert.gate().cols() == p.hidden(),
        "the expert's size is not the pool's");
    p.replace(slot, expert);
  }

  @Override
  public void clearSlot(ExpertPool pool, int slot) {
    ((Weights.Pool) pool).replace(slot, null);
  }

  @Override
  public void copyBlock(KvCache cache, int from, int to) {
    Buffers.Cache c = (Buffers.Cache) cache;
    int tokens = c.blockTokens();
    long floats = (long) tokens * c.shape().width();
    for (int layer = 0; layer < c.shape().layers(); layer++) {
      for (int group = 0; group < c.shape().groups(); group++) {
        c.values().copy(c.at(layer, group, from * tokens), c.at(layer, group, to * tokens), floats);
      }
    }
  }

  @Override
  public boolean readsWithinPass() {
    return true;
  }

  @Override
  public void embed(Tensor out, RowTable table, Tensor tokens, Rows rows) {
    Weights.Dense t = (Weights.Dense) table;
    Shapes.require(out.cols() == t.cols(), "the table's rows do not fit " + out.name());
    int n = count(rows, out, tokens);
    for (int i = 0; i < n; i++) {
      long at = (long) intsOf(tokens)[i] * t.cols();
      t.values().read(at, floatsOf(out), i * out.cols(), t.cols());
    }
  }

  @Override
  public void rmsNorm(Tensor out, Tensor x, Tensor weight, float eps, Rows rows) {
    int n = weight.cols();
    Shapes.require(x.cols() % n == 0 && out.cols() == x.cols(), weight.name() + " does not fit");
    int floats = count(rows, out, x) * x.cols();
    for (int at = 0; at < floats; at += n) {
      row.rmsNorm(floatsOf(out), at, floatsOf(x), at, floatsOf(weight), n, eps);
    }
  }

  @Override
  public void add(Tensor x, Tensor y, Rows rows) {
    Shapes.require(x.cols() == y.cols(), y.name() + " does not fit " + x.name());
    int n = count(rows, x, y) * x.cols();
    for (int i = 0; i < n; i++) {
      floatsOf(x)[i] += floatsOf(y)[i];
    }
  }

  @Override
  public void matmul(Tensor out, Tensor x, Matrix w, @Nullable Tensor bias, Rows rows) {
    Shapes.require(out.cols() == w.rows() && x.cols() >= w.cols(), out.name() + " does not fit");
    int n = count(rows, out, x);
    for (int t = 0; t < n; t++) {
      ((Weights.Dense) w).multiply(floatsOf(out), t * out.cols(), floatsOf(x), t * x.cols());
      for (int r = 0; bias != null && r < w.rows(); r++) {
        floatsOf(out)[t * out.cols() + r] += floatsOf(bias)[r];
      }
    }
  }

  @Override
  public void siluMul(Tensor gate, Tensor up, Rows rows) {
    Shapes.require(gate.cols() == up.cols(), up.name() + " does not fit " + gate.name());
    siluMul(floatsOf(gate), floatsOf(up), count(rows, gate, up) * gate.cols());
  }

  private static void siluMul(float[] gate, float[] up, int n) {
    for (int i = 0; i < n; i++) {
      gate[i] = Numerics.silu(gate[i]) * up[i];
    }
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
    int n = count(rows, x, positions);
    for (int t = 0; t < n; t++) {
      for (int h = 0; h < heads; h++) {
        int at = t * x.cols() + h * headStride + offset;
        RowMath.rotate(floatsOf(x), at, table, intsOf(positions)[t]);
      }
    }
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
    Buffers.Cache c = (Buffers.Cache) cache;
    int latent = c.shape().value();
    float[] key = new float[c.shape().width()];
    Shapes.require(compressed.cols() == key.length, compressed.name() + " does not fit the cache");
    int n = count(rows, compressed, positions, kvSlots);
    float[] x = floatsOf(compressed);
    for (int t = 0; t < n; t++) {
      int from = t * key.length;
      row.rmsNorm(key, 0, x, from, floatsOf(normWeight), latent, eps);
      System.arraycopy(x, from + latent, key, latent, c.shape().key());
      RowMath.rotate(key, latent, table, intsOf(positions)[t]);
      c.values().write(c.at(layer, 0, intsOf(kvSlots)[t]), key, 0, key.length);
    }
  }

  @Override
  public void storeKeyValue(
      KvCache cache, int layer, Tensor values, Tensor keys, Tensor kvSlots, Rows rows) {
    Buffers.Cache c = (Buffers.Cache) cache;
    CacheShape shape = c.shape();
    Shapes.require(
        values.cols() == shape.groups() * shape.value()
            && keys.cols() == shape.groups() * shape.key(),
        keys.name() + " does not fit the cache");
    int n = count(rows, values, keys, kvSlots);
    for (int t = 0; t < n; t++) {
      for (int group = 0; group < shape.groups(); group++) {
        long at = c.at(layer, group, intsOf(kvSlots)[t]);
        int value = (t * shape.groups() + group) * shape.value();
        int key = (t * shape.groups() + group) * shape.key();
        c.values().write(at, floatsOf(values), value, shape.value());
        c.values().write(at + shape.value(), floatsOf(keys), key, shape.key());
      }
    }
  }

  @Override
  public void headMatmul(Tensor out, Tensor x, int headStride, HeadMatrix w, Rows rows) {
    List<Weights.Dense> parts = ((Weights.PerHead) w).parts();
    Shapes.require(out.cols() == w.heads() * w.rows(), out.name() + " does not fit");
    int n = count(rows, out, x);
    for (int t = 0; t < n; t++) {
      for (int h = 0; h < parts.size(); h++) {
        parts
            .get(h)
            .multiply(
                floatsOf(out),
                t * out.cols() + h * w.rows(),
                floatsOf(x),
                t * x.cols() + h * headStride);
      }
    }
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
    Buffers.Cache c = (Buffers.Cache) cache;
    ReferenceAttention attention =
        new ReferenceAttention(
            c,
            layer,
            qValue == null ? null : floatsOf(qValue),
            floatsOf(q),
            intsOf(blockTables),
            rule);
    int n = count(rows, out, qValue == null ? q : qValue, q, positions, sequences);
    int width = c.shape().value();
    int heads = rule.heads();
    int queryDim = q.cols() / heads;
    int headsOfGroup = heads / c.shape().groups();
    for (int t = 0; t < n; t++) {
      int position = intsOf(positions)[t];
      int table = intsOf(sequences)[t] * blockTables.cols();
      for (int h = 0; h < heads; h++) {
        int at = (t * heads + h) * width;
        int keyAt = t * q.cols() + (h + 1) * queryDim - c.shape().key();
        attention.attend(floatsOf(out), at, keyAt, h / headsOfGroup, position, table);
      }
    }
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
    ReferenceRouting routing = (ReferenceRouting) out;
    Shapes.require(routing.rule().equals(rule), "the routing was made for another rule");
    int n = count(rows, logits, adapters);
    for (int t = 0; t < n; t++) {
      int row = mapRow + intsOf(adapters)[t];
      float shared = sharedGate == null ? 1f : Numerics.sigmoid(floatsOf(sharedGate)[t]);
      float[] corrections = correction == null ? null : floatsOf(correction);
      routing.score(floatsOf(logits), t * logits.cols(), corrections);
      routing.route(t, shared, intsOf(map), row * map.cols());
      if (counts != null) {
        routing.count(t, intsOf(counts), row * counts.cols());
      }
    }
  }

  @Override
  public void experts(Tensor out, Tensor x, ExpertPool pool, Routing routing, Rows rows) {
    ReferenceRouting r = (ReferenceRouting) routing;
    int perToken = r.rule().perToken();
    int hidden = out.cols();
    float[] y = floatsOf(out);
    int n = count(rows, out, x);
    Arrays.fill(y, 0, n * hidden, 0f);
    for (int t = 0; t < n; t++) {
      for (int i = t * perToken; i < (t + 1) * perToken; i++) {
        Weights.Expert expert = ((Weights.Pool) pool).expert(intsOf(r.slots())[i]);
        expert.gate().multiply(r.gate, 0, floatsOf(x), t * x.cols());
        expert.up().multiply(r.up, 0, floatsOf(x), t * x.cols());
        siluMul(r.gate, r.up, r.gate.length);
        expert.down().multiply(r.down, 0, r.gate, 0);
        for (int c = 0; c < hidden; c++) {
          y[t * hidden + c] = Math.fma(floatsOf(r.weights())[i], r.down[c], y[t * hidden + c]);
        }
      }
    }
  }

  @Override
  public void gather(Tensor out, Tensor x, Tensor indices, Rows rows) {
    Shapes.require(out.cols() == x.cols(), out.name() + " does not fit " + x.name());
    int n = count(rows, out, indices);
    for (int r = 0; r < n; r++) {
      System.arraycopy(
          floatsOf(x), intsOf(indices)[r] * x.cols(), floatsOf(out), r * x.cols(), x.cols());
    }
  }

  private Weights.Dense own(Weights.Dense matrix) {
    owned.add(matrix::close);
    return matrix;
  }

  @Override
  public void close() {
    owned.forEach(Runnable::run);
    owned.clear();
  }
}
