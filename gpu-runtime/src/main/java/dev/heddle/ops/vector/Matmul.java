package dev.heddle.ops.vector;

import dev.heddle.ops.WeightFormat;
import dev.heddle.ops.team.WorkerTeam;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * out = x W^T for one matrix, by the kernels here, or by oneDNN where it is there and takes it.
 * Activations of more than one token are packed once; then an item is a group of panels and a block
 * of tokens whose packed activations stay in the second-level cache, so that a panel read from
 * memory meets all of them.
 */
final class Matmul {
  private static final long BLOCK_BYTES = 1 << 20;
  private static final int ITEMS_A_WORKER = 8; // few enough to be large, enough to balance
  private static final int PACK_COLS = 512;

  private final Workers workers;
  private final Scratch tiles; // results that do not fit, a worker
  private final Scratch packed = new Scratch(1);
  private final long[][] rowAddresses;
  private final @Nullable NativeProducts natives;
  private final WorkerTeam.Task roundTask = this::roundItem;
  private final WorkerTeam.Task nativeTask = this::nativeItem;
  private final WorkerTeam.Task packTask = this::packItem;
  private final WorkerTeam.Task multiplyTask = this::multiplyItem;

  // The product in progress.
  private PanelMatrix w = new PanelMatrix(0, 0, WeightFormat.BF16, 0);
  private long x;
  private long xStride;
  private long xPacked;
  private long out;
  private long outStride;
  private long bias;
  private int tokens;
  private int blockTokens;
  private int groupPanels;
  private int groups;
  private int packParts;

  Matmul(Workers workers, @Nullable NativeProducts natives) {
    this.workers = workers;
    this.natives = natives;
    tiles = new Scratch(workers.count());
    tiles.ensure(PanelKernels.SCRATCH_BYTES);
    rowAddresses = new long[workers.count()][TokenTiles.FULL];
  }

  /** Sizes the packed activations for inputs [rows][cols]. */
  void reserve(int rows, int cols) {
    packed.ensure(4L * TokenTiles.padded(rows) * cols);
  }

  /**
   * Multiplies {@code count} rows.
   *
   * @param biasAddress of a vector to add, or 0
   */
  void run(
      NativeTensor outTensor,
      NativeTensor xTensor,
      PanelMatrix matrix,
      long biasAddress,
      int count) {
    if (count == 0) {
      return;
    }
    w = matrix;
    x = xTensor.address();
    xStride = xTensor.stride();
    out = outTensor.address();
    outStride = outTensor.stride();
    bias = biasAddress;
    tokens = count;
    if (natives != null && natives.takes(w, count)) {
      runNative();
      return;
    }
    xPacked = x;
    if (count > 1) {
      xPacked = packed.of(0);
      packParts = Math.ceilDiv(w.cols(), PACK_COLS);
      workers.run(packTask, TokenTiles.count(count) * packParts, (long) count * w.cols());
    }
    multiply(multiplyTask, TokenTiles.FULL, Float.BYTES);
  }

  /** Cuts the product into items of whole tiles of tokens and groups of panels, and runs them. */
  private void multiply(WorkerTeam.Task task, int tile, int bytesOfInput) {
    int fitting = (int) (BLOCK_BYTES / ((long) bytesOfInput * w.cols()));
    blockTokens = Math.max(tile, fitting / tile * tile);
    int blocks = Math.ceilDiv(tokens, blockTokens);
    int wanted = workers.count() * ITEMS_A_WORKER;
    groupPanels = Math.clamp((long) blocks * w.panels() / wanted, 1, PanelKernels.MAX_PANELS);
    groups = Math.ceilDiv(w.panels(), groupPanels);
    workers.run(task, blocks * groups, (long) tokens * w.rows() * w.cols());
  }

  private void runNative() {
    xPacked = packed.of(0);
    workers.run(roundTask, tokens, (long) tokens * w.cols());
    multiply(nativeTask, NativeProducts.MOST_ROWS, 2 * Short.BYTES);
  }

  private void roundItem(int worker, int token) {
    RowKernels.toBf16(x + token * xStride, xPacked + 2L * token * w.cols(), w.cols());
  }

  private void nativeItem(int worker, int item) {
    int firstToken = item / groups * blockTokens;
    int lastToken = Math.min(tokens, firstToken + blockTokens);
    int firstPanel = item % groups * groupPanels;
    int panels = Math.min(groupPanels, w.panels() - firstPanel);
    for (int p = firstPanel; p < firstPanel + panels; p++) {
      for (int t = firstToken; t < lastToken; t += NativeProducts.MOST_ROWS) {
        multiplyNative(worker, t, Math.min(NativeProducts.MOST_ROWS, lastToken - t), p);
      }
    }
    if (bias != 0) {
      addBias(firstToken, lastToken, firstPanel, panels);
    }
  }

  private void multiplyNative(int worker, int token, int live, int panel) {
    NativeProducts products = Objects.requireNonNull(natives);
    int column = panel * PanelMatrix.PANEL_ROWS;
    int cols = Math.min(PanelMatrix.PANEL_ROWS, w.rows() - column);
    long inputs = xPacked + 2L * token * w.cols();
    long results = products.multiply(worker, w.panel(panel), w.cols(), inputs, live);
    for (int i = 0; i < live; i++) {
      long target = out + (token + i) * outStride + 4L * column;
      Lanes.copy(results + 4L * i * PanelMatrix.PANEL_ROWS, target, 4L * cols);
    }
  }

  private void packItem(int worker, int item) {
    int first = item / packParts * TokenTiles.FULL;
    int from = item % packParts * PACK_COLS;
    int live = Math.min(TokenTiles.FULL, tokens - first);
    long[] rows = rowAddresses[worker];
    for (int i = 0; i < live; i++) {
      rows[i] = x + (first + i) * xStride;
    }
    int to = Math.min(w.cols(), from + PACK_COLS);
    TokenTiles.pack(rows, live, from, to, xPacked + 4L * first * w.cols());
  }

  private void multiplyItem(int worker, int item) {
    int firstToken = item / groups * blockTokens;
    int lastToken = Math.min(tokens, firstToken + blockTokens);
    int firstPanel = item % groups * groupPanels;
    int panels = Math.min(groupPanels, w.panels() - firstPanel);
    // Tiles of 8 tokens go through one panel at a time, which stays close; a smaller rest takes
    // all.
    int fullEnd = lastToken - (lastToken - firstToken) % TokenTiles.FULL;
    for (int p = firstPanel; p < firstPanel + panels; p++) {
      for (int t = firstToken; t < fullEnd; t += TokenTiles.FULL) {
        multiply(worker, t, TokenTiles.FULL, p, 1);
      }
    }
    if (fullEnd < lastToken) {
      multiply(worker, fullEnd, lastToken - fullEnd, firstPanel, panels);
    }
    if (bias != 0) {
      addBias(firstToken, lastToken, firstPanel, panels);
    }
  }

  private void multiply(int worker, int token, int live, int panel, int panels) {
    int column = panel * PanelMatrix.PANEL_ROWS;
    PanelKernels.multiply(
        w.format(),
        w.panel(panel),
        panels,
        Math.min(panels * PanelMatrix.PANEL_ROWS, w.rows() - column),
        w.cols(),
        xPacked + 4L * token * w.cols(),
        live,
        out + token * outStride + 4L * column,
        outStride,
        tiles.of(worker));
  }

  private void addBias(int firstToken, int lastToken, int firstPanel, int panels) {
    int column = firstPanel * PanelMatrix.PANEL_ROWS;
    int cols = Math.min(panels * PanelMatrix.PANEL_ROWS, w.rows() - column);
    for (int t = firstToken; t < lastToken; t++) {
      RowKernels.add(out + t * outStride + 4L * column, bias + 4L * column, cols);
    }
  }

  void close() {
    tiles.close();
    packed.close();
  }
}
