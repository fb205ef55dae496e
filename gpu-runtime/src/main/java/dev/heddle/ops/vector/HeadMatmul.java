package dev.heddle.ops.vector;

import dev.heddle.ops.team.WorkerTeam;
import java.util.List;

/** A small matrix a head: an item is one head and a block of tokens, packed by its worker. */
final class HeadMatmul {
  private static final int BLOCK_TOKENS = 64;

  private final Workers workers;
  private final Scratch scratch; // a packed tile, then results that do not fit; a worker
  private final long[][] rowAddresses;
  private final WorkerTeam.Task task = this::item;

  private HeadPanels w = new HeadPanels(List.of());
  private NativeTensor x = new NativeTensor("", 0, 0, true, 0);
  private NativeTensor out = x;
  private int headStride;
  private int tokens;

  HeadMatmul(Workers workers) {
    this.workers = workers;
    scratch = new Scratch(workers.count());
    rowAddresses = new long[workers.count()][TokenTiles.FULL];
  }

  void reserve(int cols) {
    scratch.ensure(4L * TokenTiles.FULL * cols + PanelKernels.SCRATCH_BYTES);
  }

  void run(NativeTensor outTensor, NativeTensor xTensor, int stride, HeadPanels heads, int count) {
    out = outTensor;
    x = xTensor;
    headStride = stride;
    w = heads;
    tokens = count;
    long work = (long) count * heads.heads() * heads.rows() * heads.cols();
    workers.run(task, heads.heads() * Math.ceilDiv(count, BLOCK_TOKENS), work);
  }

  private void item(int worker, int item) {
    int head = item % w.heads();
    int first = item / w.heads() * BLOCK_TOKENS;
    int last = Math.min(tokens, first + BLOCK_TOKENS);
    for (int t = first; t < last; t += TokenTiles.FULL) {
      tile(worker, head, t, Math.min(TokenTiles.FULL, last - t));
    }
  }

  private void tile(int worker, int head, int token, int live) {
    PanelMatrix matrix = w.parts().get(head);
    long packed = scratch.of(worker) + PanelKernels.SCRATCH_BYTES;
    long[] rows = rowAddresses[worker];
    for (int i = 0; i < live; i++) {
      rows[i] = x.row(token + i) + 4L * head * headStride;
    }
    TokenTiles.pack(rows, live, 0, matrix.cols(), packed);
    long target = out.row(token) + 4L * head * matrix.rows();
    for (int p = 0; p < matrix.panels(); p += PanelKernels.MAX_PANELS) {
      int panels = Math.min(PanelKernels.MAX_PANELS, matrix.panels() - p);
      int column = p * PanelMatrix.PANEL_ROWS;
      PanelKernels.multiply(
          matrix.format(),
          matrix.panel(p),
          panels,
          Math.min(panels * PanelMatrix.PANEL_ROWS, matrix.rows() - column),
          matrix.cols(),
          packed,
          live,
          target + 4L * column,
          out.stride(),
          scratch.of(worker));
    }
  }

  void close() {
    scratch.close();
  }
}
