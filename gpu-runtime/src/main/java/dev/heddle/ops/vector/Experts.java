package dev.heddle.ops.vector;

import static dev.heddle.ops.vector.PanelMatrix.PANEL_ROWS;

import dev.heddle.ops.team.WorkerTeam;
import java.util.Objects;
import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;

/**
 * The experts' MLPs over a grouped batch, in four shared passes: pack the inputs of each block;
 * gate and up with the activation between; down; and each token's sum in rank order. An item of the
 * products is a block of pairs and a few panels of its expert, so the load is balanced by work, for
 * one token's handful of experts as for a whole prompt.
 */
final class Experts {
  private static final int CHUNK_PANELS = 8;
  private static final NativeTensor NONE = new NativeTensor("", 0, 0, true, 0);

  private final Workers workers;
  private final PanelRouting routing;
  private final PanelExperts pool;
  private final int hidden;
  private final int intermediate;
  private final Scratch tiles; // results of one tile, a worker
  private final Scratch memory; // packed inputs, packed activations, outputs by place
  private final Scratch nativeGates; // a panel's results of gate, a worker
  private final long[][] rowAddresses;
  private final int blockTiles = PanelRouting.BLOCK_PAIRS / TokenTiles.FULL;
  private final int gateUpChunks;
  private final int downChunks;
  private final @Nullable NativeProducts natives;
  private final WorkerTeam.Task packTask = this::packItem;
  private final WorkerTeam.Task gateUpTask = this::gateUpItem;
  private final WorkerTeam.Task downTask = this::downItem;
  private final WorkerTeam.Task combineTask = this::combineToken;
  private final long inputs;
  private final long activations;
  private final long outputs;

  private NativeTensor x = NONE;
  private NativeTensor out = NONE;

  Experts(Workers workers, PanelRouting routing, @Nullable NativeProducts natives) {
    this.workers = workers;
    this.natives = natives;
    this.routing = routing;
    pool = routing.pool();
    hidden = pool.hidden();
    intermediate = pool.intermediate();
    tiles = new Scratch(workers.count());
    tiles.ensure(PanelKernels.SCRATCH_BYTES);
    nativeGates = new Scratch(workers.count());
    nativeGates.ensure(4L * PanelRouting.BLOCK_PAIRS * PANEL_ROWS);
    rowAddresses = new long[workers.count()][TokenTiles.FULL];
    gateUpChunks = Math.ceilDiv(2 * PanelMatrix.panels(intermediate), CHUNK_PANELS);
    downChunks = Math.ceilDiv(PanelMatrix.panels(hidden), CHUNK_PANELS);
    int pairs = routing.slots().rows() * routing.rule().perToken();
    long rows = PanelRouting.maxPackedRows(pairs);
    memory = new Scratch(1);
    memory.ensure(4 * (rows * hidden + rows * intermediate + (long) pairs * hidden));
    inputs = memory.of(0);
    activations = inputs + 4 * rows * hidden;
    outputs = activations + 4 * rows * intermediate;
  }

  void run(NativeTensor outTensor, NativeTensor xTensor, int count) {
    x = xTensor;
    out = outTensor;
    int blocks = routing.blocks();
    long pairs = (long) count * routing.rule().perToken();
    long work = pairs * hidden * intermediate;
    workers.run(packTask, blocks * blockTiles, pairs * hidden);
    workers.run(gateUpTask, blocks * gateUpChunks, 2 * work);
    workers.run(downTask, blocks * downChunks, work);
    workers.run(combineTask, count, pairs * hidden);
  }

  private void packItem(int worker, int item) {
    int block = item / blockTiles;
    int first = item % blockTiles * TokenTiles.FULL;
    int live = Math.min(TokenTiles.FULL, routing.live(block) - first);
    if (live <= 0) {
      return;
    }
    if (isNative(block)) {
      roundInputs(block, first, live);
      return;
    }
    long[] rows = rowAddresses[worker];
    for (int i = 0; i < live; i++) {
      rows[i] = x.row(routing.tokenOfPlace(routing.place(block) + first + i));
    }
    TokenTiles.pack(rows, live, 0, hidden, input(block, first));
  }

  /** Whether oneDNN multiplies a block; its packed rows are then BF16, one after the other. */
  private boolean isNative(int block) {
    return natives != null
        && natives.takes(pool.format(), hidden, routing.live(block))
        && natives.takes(pool.format(), intermediate, routing.live(block));
  }

  private void roundInputs(int block, int first, int live) {
    long target = input(block, 0) + 2L * first * hidden;
    for (int i = 0; i < live; i++) {
      long row = x.row(routing.tokenOfPlace(routing.place(block) + first + i));
      RowKernels.toBf16(row, target + 2L * i * hidden, hidden);
    }
  }

  private long input(int block, int first) {
    return inputs + 4L * (routing.row(block) + first) * hidden;
  }

  private long activation(int block, int first) {
    return activations + 4L * (routing.row(block) + first) * intermediate;
  }

  private void gateUpItem(int worker, int item) {
    int block = item / gateUpChunks;
    int from = item % gateUpChunks * CHUNK_PANELS;
    int to = Math.min(from + CHUNK_PANELS, 2 * PanelMatrix.panels(intermediate));
    int live = routing.live(block);
    if (isNative(block)) {
      for (int p = from; p < to; p += 2) {
        gateUpNative(worker, block, p);
      }
      return;
    }
    // A gate panel and its up panel stay close while all full tiles pass; a lone rest takes two.
    int step = live < TokenTiles.FULL ? PanelKernels.MAX_PANELS : 2;
    for (int p = from; p < to; p += step) {
      for (int first = 0; first < live; first += TokenTiles.FULL) {
        gateUpTile(worker, block, first, p, Math.min(step, to - p));
      }
    }
  }

  private void gateUpTile(int worker, int block, int first, int panel, int panels) {
    int live = Math.min(TokenTiles.FULL, routing.live(block) - first);
    long scratch = tiles.of(worker);
    long w = pool.gateUpPanel(routing.slot(block), panel);
    long stride =
        PanelKernels.multiplyToScratch(
            pool.format(), w, panels, hidden, input(block, first), live, scratch);
    int size = TokenTiles.size(live);
    for (int p = 0; p < panels; p += 2) {
      int column = (panel + p) / 2 * PANEL_ROWS;
      int cols = Math.min(PANEL_ROWS, intermediate - column);
      for (int i = 0; i < size; i++) {
        long gate = scratch + i * stride + 4L * p * PANEL_ROWS;
        RowKernels.siluMul(gate, gate + 4L * PANEL_ROWS, cols);
      }
      long target = activation(block, first) + 4L * size * column;
      interleave(scratch + 4L * p * PANEL_ROWS, stride, size, cols, target);
    }
  }

  private void gateUpNative(int worker, int block, int panel) {
    NativeProducts products = Objects.requireNonNull(natives);
    int live = routing.live(block);
    int slot = routing.slot(block);
    long bytes = 4L * live * PANEL_ROWS;
    long gates = nativeGates.of(worker);
    long inputs = input(block, 0);
    Lanes.copy(
        products.multiply(worker, pool.gateUpPanel(slot, panel), hidden, inputs, live),
        gates,
        bytes);
    long ups = products.multiply(worker, pool.gateUpPanel(slot, panel + 1), hidden, inputs, live);
    RowKernels.siluMul(gates, ups, live * PANEL_ROWS);
    int column = panel / 2 * PANEL_ROWS;
    int cols = Math.min(PANEL_ROWS, intermediate - column);
    for (int i = 0; i < live; i++) {
      long target = activation(block, 0) + 2L * i * intermediate + 2L * column;
      RowKernels.toBf16(gates + 4L * i * PANEL_ROWS, target, cols);
    }
  }

  /** Puts {@code size} rows into the packed layout: [column][row]. */
  private static void interleave(long rows, long stride, int size, int cols, long target) {
    for (int i = 0; i < size; i++) {
      long row = rows + i * stride;
      for (int c = 0; c < cols; c++) {
        Lanes.setInt(target + 4L * (c * size + i), Lanes.getInt(row + 4L * c));
      }
    }
  }

  private void downItem(int worker, int item) {
    int block = item / downChunks;
    int from = item % downChunks * CHUNK_PANELS;
    int to = Math.min(from + CHUNK_PANELS, PanelMatrix.panels(hidden));
    int live = routing.live(block);
    if (isNative(block)) {
      for (int p = from; p < to; p++) {
        downNative(worker, block, p);
      }
      return;
    }
    int step = live < TokenTiles.FULL ? PanelKernels.MAX_PANELS : 1;
    for (int p = from; p < to; p += step) {
      for (int first = 0; first < live; first += TokenTiles.FULL) {
        downTile(worker, block, first, p, Math.min(step, to - p));
      }
    }
  }

  private void downTile(int worker, int block, int first, int panel, int panels) {
    int column = panel * PANEL_ROWS;
    PanelKernels.multiply(
        pool.format(),
        pool.downPanel(routing.slot(block), panel),
        panels,
        Math.min(panels * PANEL_ROWS, hidden - column),
        intermediate,
        activation(block, first),
        Math.min(TokenTiles.FULL, routing.live(block) - first),
        output(routing.place(block) + first) + 4L * column,
        4L * hidden,
        tiles.of(worker));
  }

  private void downNative(int worker, int block, int panel) {
    NativeProducts products = Objects.requireNonNull(natives);
    int column = panel * PANEL_ROWS;
    int cols = Math.min(PANEL_ROWS, hidden - column);
    int live = routing.live(block);
    long w = pool.downPanel(routing.slot(block), panel);
    long results = products.multiply(worker, w, intermediate, activation(block, 0), live);
    for (int i = 0; i < live; i++) {
      long target = output(routing.place(block) + i) + 4L * column;
      Lanes.copy(results + 4L * i * PANEL_ROWS, target, 4L * cols);
    }
  }

  private long output(int place) {
    return outputs + 4L * place * hidden;
  }

  private void combineToken(int worker, int token) {
    int perToken = routing.rule().perToken();
    long weights = routing.weights().row(token);
    long target = out.row(token);
    int c = 0;
    for (; c < Lanes.F.loopBound(hidden); c += Lanes.LANES) {
      FloatVector sum = Lanes.zero();
      for (int rank = 0; rank < perToken; rank++) {
        long y = output(routing.placeOfPair(token * perToken + rank)) + 4L * c;
        sum = Lanes.load(y).fma(Lanes.spread(weights + 4L * rank), sum);
      }
      Lanes.store(sum, target + 4L * c);
    }
    for (; c < hidden; c++) { // scalar tail
      float sum = 0f;
      for (int rank = 0; rank < perToken; rank++) {
        long y = output(routing.placeOfPair(token * perToken + rank)) + 4L * c;
        sum = Math.fma(Lanes.getFloat(weights + 4L * rank), Lanes.getFloat(y), sum);
      }
      Lanes.setFloat(target + 4L * c, sum);
    }
  }

  void close() {
    tiles.close();
    nativeGates.close();
    memory.close();
  }
}
