package dev.heddle.ops.vector;

import dev.heddle.ops.team.WorkerTeam;

/** Rows fetched by number: from the embedding, or from another tensor. */
final class RowCopies {
  private static final NativeTensor NONE = new NativeTensor("", 0, 0, true, 0);

  private final Workers workers;
  private final WorkerTeam.Task embedTask = this::embedRow;
  private final WorkerTeam.Task gatherTask = this::gatherRow;

  private NativeTensor out = NONE;
  private NativeTensor x = NONE;
  private NativeTensor indices = NONE;
  private VectorHandles.@org.jspecify.annotations.Nullable Table table;

  RowCopies(Workers workers) {
    this.workers = workers;
  }

  void embed(NativeTensor target, VectorHandles.Table source, NativeTensor tokens, int count) {
    out = target;
    table = source;
    indices = tokens;
    workers.run(embedTask, count, (long) count * target.cols());
  }

  private void embedRow(int worker, int row) {
    VectorHandles.Table source = java.util.Objects.requireNonNull(table);
    int token = indices.intAt(row);
    if (token < 0 || token >= source.rows()) {
      throw new IllegalArgumentException("no row " + token + " in the table");
    }
    long from = source.row(token);
    long to = out.row(row);
    int n = source.cols();
    switch (source.dtype()) {
      case BF16 -> {
        for (int i = 0; i < n; i++) {
          Lanes.setInt(to + 4L * i, Lanes.getShort(from + 2L * i) << 16);
        }
      }
      case F16 -> {
        for (int i = 0; i < n; i++) {
          Lanes.setFloat(to + 4L * i, Float.float16ToFloat(Lanes.getShort(from + 2L * i)));
        }
      }
      case F32 -> Lanes.copy(from, to, 4L * n);
    }
  }

  void gather(NativeTensor target, NativeTensor source, NativeTensor rows, int count) {
    out = target;
    x = source;
    indices = rows;
    workers.run(gatherTask, count, (long) count * target.cols());
  }

  private void gatherRow(int worker, int row) {
    int from = indices.intAt(row);
    if (from < 0 || from >= x.rows()) {
      throw new IllegalArgumentException("no row " + from + " in " + x.name());
    }
    Lanes.copy(x.row(from), out.row(row), out.stride());
  }
}
