package dev.heddle.ops.vector;

import dev.heddle.ops.Numerics;
import dev.heddle.ops.RopeTable;
import dev.heddle.ops.team.WorkerTeam;

/** Operations in which every row is its own business; an item is a row. */
final class RowOps {
  private final Workers workers;
  private final Scratch sums;
  private final WorkerTeam.Task normTask = this::normRow;
  private final WorkerTeam.Task addTask = this::addRow;
  private final WorkerTeam.Task siluTask = this::siluRow;
  private final WorkerTeam.Task ropeTask = this::ropeRow;
  private final WorkerTeam.Task storeTask = this::storeRow;
  private final WorkerTeam.Task copyTask = this::copyRow;

  // The operation in progress.
  private static final NativeTensor NONE = new NativeTensor("", 0, 0, true, 0);
  private NativeTensor out = NONE;
  private NativeTensor x = NONE;
  private NativeTensor weight = NONE;
  private NativeTensor cos = NONE;
  private NativeTensor sin = NONE;
  private NativeTensor positions = NONE;
  private NativeTensor kvSlots = NONE;
  private KeyValueRows cache = KeyValueRows.NONE;
  private int layer;
  private float eps;
  private int heads;
  private int headStride;
  private int offset;
  private long step; // bytes from pair to pair
  private long distance; // and within one

  RowOps(Workers workers) {
    this.workers = workers;
    sums = new Scratch(workers.count());
    sums.ensure(4L * Numerics.LANES);
  }

  void rmsNorm(NativeTensor target, NativeTensor source, NativeTensor w, float epsilon, int count) {
    out = target;
    x = source;
    weight = w;
    eps = epsilon;
    workers.run(normTask, count, 2L * count * source.cols());
  }

  private void normRow(int worker, int row) {
    int n = weight.cols();
    for (long at = 0; at < 4L * x.cols(); at += 4L * n) { // usually once
      RowKernels.rmsNorm(
          out.row(row) + at, x.row(row) + at, weight.address(), n, eps, sums.of(worker));
    }
  }

  void add(NativeTensor target, NativeTensor source, int count) {
    out = target;
    x = source;
    workers.run(addTask, count, (long) count * target.cols());
  }

  private void addRow(int worker, int row) {
    RowKernels.add(out.row(row), x.row(row), out.cols());
  }

  void siluMul(NativeTensor gate, NativeTensor up, int count) {
    out = gate;
    x = up;
    workers.run(siluTask, count, 8L * count * gate.cols());
  }

  private void siluRow(int worker, int row) {
    RowKernels.siluMul(out.row(row), x.row(row), out.cols());
  }

  void rope(
      NativeTensor target,
      int headCount,
      int stride,
      int start,
      RopeTable table,
      NativeTensor at,
      int count) {
    out = target;
    heads = headCount;
    headStride = stride;
    offset = start;
    angles(table, at);
    workers.run(ropeTask, count, 8L * count * headCount * cos.cols());
  }

  private void angles(RopeTable table, NativeTensor at) {
    cos = NativeTensor.floats(table.cos());
    sin = NativeTensor.floats(table.sin());
    step = 4L * table.step();
    distance = 4L * table.distance();
    positions = at;
  }

  private void ropeRow(int worker, int row) {
    int position = positions.intAt(row);
    for (int h = 0; h < heads; h++) {
      long head = out.row(row) + 4L * ((long) h * headStride + offset);
      rotate(head, head, position);
    }
  }

  void storeLatent(
      KeyValueRows target,
      int targetLayer,
      NativeTensor compressed,
      NativeTensor normWeight,
      float epsilon,
      RopeTable table,
      NativeTensor at,
      NativeTensor slots,
      int count) {
    cache = target;
    layer = targetLayer;
    x = compressed;
    weight = normWeight;
    eps = epsilon;
    kvSlots = slots;
    angles(table, at);
    workers.run(storeTask, count, 4L * count * compressed.cols());
  }

  private void storeRow(int worker, int row) {
    long key = cache.row(layer, 0, kvSlots.intAt(row));
    int latent = cache.value();
    int position = positions.intAt(row);
    RowKernels.rmsNorm(key, x.row(row), weight.address(), latent, eps, sums.of(worker));
    long rope = x.row(row) + 4L * latent;
    rotate(key + 4L * latent, rope, position);
  }

  private void rotate(long to, long from, int position) {
    int pairs = cos.cols();
    RowKernels.rotate(to, from, step, distance, cos.row(position), sin.row(position), pairs);
  }

  void storeKeyValue(
      KeyValueRows target,
      int targetLayer,
      NativeTensor values,
      NativeTensor keys,
      NativeTensor slots,
      int count) {
    cache = target;
    layer = targetLayer;
    out = values;
    x = keys;
    kvSlots = slots;
    workers.run(copyTask, count, (long) count * (values.cols() + keys.cols()));
  }

  private void copyRow(int worker, int row) {
    long valueBytes = 4L * cache.value();
    long keyBytes = 4L * cache.key();
    for (int group = 0; group < cache.shape().groups(); group++) {
      long to = cache.row(layer, group, kvSlots.intAt(row));
      Lanes.copy(out.row(row) + group * valueBytes, to, valueBytes);
      Lanes.copy(x.row(row) + group * keyBytes, to + valueBytes, keyBytes);
    }
  }

  void close() {
    sums.close();
  }
}
