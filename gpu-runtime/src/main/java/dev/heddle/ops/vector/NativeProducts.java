package dev.heddle.ops.vector;

import dev.heddle.ops.WeightFormat;
import dev.heddle.ops.memory.NativeMemory;
import dev.heddle.ops.onednn.OneDnn;
import dev.heddle.ops.onednn.PanelProduct;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Products of many rows by oneDNN, on processors that multiply pairs of BF16 at once (AVX512_BF16,
 * AMX): it reads the same panels as the kernels here. Inputs are rounded to BF16, so results are
 * not those of the scalar backend. Products of few rows, which memory bounds, stay as they are, and
 * so do those of small matrices: a router's choice turns on them.
 */
final class NativeProducts implements AutoCloseable {
  /** Rows that one call takes at most. */
  static final int MOST_ROWS = 64;

  /** Rows are padded to a multiple. */
  static final int ROW_STEP = 8;

  private static final int LEAST_ROWS = 8;
  private static final int LEAST_MATRIX_ROWS = 257; // more than any router has experts

  private final OneDnn library;
  private final int workers;
  private final Scratch results;
  private final List<Width> widths = new ArrayList<>();

  /** The products of one k, by rows: of 8, 16, and so on. */
  private static final class Width {
    final int k;
    final List<PanelProduct> products = new ArrayList<>();
    final PanelProduct.Call[][] calls; // by rows and worker

    Width(int k, int workers) {
      this.k = k;
      calls = new PanelProduct.Call[MOST_ROWS / ROW_STEP][workers];
    }
  }

  NativeProducts(OneDnn library, int workers) {
    this.library = library;
    this.workers = workers;
    results = new Scratch(workers);
    results.ensure((long) MOST_ROWS * PanelMatrix.PANEL_ROWS * Float.BYTES);
  }

  /** What stands in the way on this processor; null if nothing does. */
  static @Nullable String obstacle(OneDnn library) {
    if (PanelMatrix.PANEL_ROWS != 16 && PanelMatrix.PANEL_ROWS != 32) {
      return "vectors of " + Lanes.BITS + " bits have no panels that oneDNN can read";
    }
    try (NativeProducts probe = new NativeProducts(library, 1)) {
      probe.prepare(PanelProduct.K_STEP);
      String code = probe.implementation();
      if (!code.contains("bf16") && !code.contains("amx")) {
        return "this processor has no products of BF16 (oneDNN would use " + code + ")";
      }
      return probe.isRight() ? null : "its products are wrong here";
    }
  }

  /** oneDNN's name of the code that it would use. */
  private String implementation() {
    return widths.getFirst().products.getFirst().implementation();
  }

  /** Whether small whole numbers, whose products are exact, come out right in their places. */
  private boolean isRight() {
    int k = PanelProduct.K_STEP;
    int panelRows = PanelMatrix.PANEL_ROWS;
    long panel = PanelMatrix.panelBytes(k, WeightFormat.BF16);
    long rowBytes = 2L * k;
    try (NativeMemory memory = NativeMemory.reserve(panel + ROW_STEP * rowBytes, false)) {
      for (int n = 0; n < panelRows; n++) {
        for (int i = 0; i < k; i++) {
          setHalf(memory.address() + Lanes.VECTOR * (i - i % 2) + 4L * n + 2L * (i % 2), n - i);
        }
      }
      long x = memory.address() + panel;
      for (int row = 0; row < ROW_STEP; row++) {
        for (int i = 0; i < k; i++) {
          setHalf(x + row * rowBytes + 2L * i, row * i % 7);
        }
      }
      long out = multiply(0, memory.address(), k, x, ROW_STEP);
      boolean right = true;
      for (int row = 0; row < ROW_STEP; row++) {
        for (int n = 0; n < panelRows; n++) {
          int sum = 0;
          for (int i = 0; i < k; i++) {
            sum += (n - i) * (row * i % 7);
          }
          right &= Lanes.getFloat(out + 4L * row * panelRows + 4L * n) == sum;
        }
      }
      return right;
    }
  }

  private static void setHalf(long address, int value) {
    Lanes.setShort(address, (short) (Float.floatToRawIntBits(value) >>> 16));
  }

  /** Compiles what products with so many columns need; at boot. */
  void prepare(int k) {
    if (k % PanelProduct.K_STEP != 0 || width(k) != null) {
      return;
    }
    Width width = new Width(k, workers);
    for (int i = 0; i < width.calls.length; i++) {
      int rows = (i + 1) * ROW_STEP;
      PanelProduct product = new PanelProduct(library, rows, PanelMatrix.PANEL_ROWS, k);
      width.products.add(product);
      for (int worker = 0; worker < workers; worker++) {
        width.calls[i][worker] = product.newCall();
      }
    }
    widths.add(width);
  }

  private @Nullable Width width(int k) {
    for (int i = 0; i < widths.size(); i++) {
      if (widths.get(i).k == k) {
        return widths.get(i);
      }
    }
    return null;
  }

  /** Whether the product of so many rows with a matrix is done here. */
  boolean takes(PanelMatrix matrix, int rows) {
    return matrix.rows() >= LEAST_MATRIX_ROWS && takes(matrix.format(), matrix.cols(), rows);
  }

  /** Whether products of so many rows with panels of width k are. */
  boolean takes(WeightFormat format, int k, int rows) {
    return format == WeightFormat.BF16 && rows >= LEAST_ROWS && width(k) != null;
  }

  /**
   * Multiplies rows with one panel; allocates nothing.
   *
   * @param panel its address
   * @param x address of rows [k] of BF16, one after the other, with room for whole {@link
   *     #ROW_STEP}s of them
   * @param rows 1 to {@link #MOST_ROWS}
   * @return address of the results, [rows][PANEL_ROWS] floats, the worker's until its next call
   */
  long multiply(int worker, long panel, int k, long x, int rows) {
    Width width = width(k);
    if (width == null) {
      throw new IllegalStateException("products of width " + k + " were not prepared");
    }
    long out = results.of(worker);
    width.calls[Math.ceilDiv(rows, ROW_STEP) - 1][worker].run(x, panel, out);
    return out;
  }

  @Override
  public void close() {
    widths.forEach(width -> width.products.forEach(PanelProduct::close));
    widths.clear();
    results.close();
  }
}
