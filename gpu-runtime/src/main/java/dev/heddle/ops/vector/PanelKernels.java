package dev.heddle.ops.vector;

import dev.heddle.ops.WeightFormat;

/**
 * One packed tile of tokens times some neighbouring panels: picks the kernels, and catches results
 * that have no place in the output (surplus tokens of the tile, missing rows of the last panel).
 */
final class PanelKernels {
  /** Panels that one call takes at most. */
  static final int MAX_PANELS = 4;

  private static final long TILE_STRIDE = (long) MAX_PANELS * PanelMatrix.PANEL_ROWS * Float.BYTES;

  /** Bytes of scratch that a call needs. */
  static final long SCRATCH_BYTES = TokenTiles.FULL * TILE_STRIDE;

  private PanelKernels() {}

  /**
   * out[i][0 .. cols-1] = panels times token i, for the {@code live} tokens of a tile.
   *
   * @param w address of the first panel
   * @param panels how many, 1 to {@link #MAX_PANELS}
   * @param cols results of a token that are wanted, the last panel's missing rows left out
   * @param x address of the packed tile
   * @param outStride bytes from one token's results to the next
   */
  static void multiply(
      WeightFormat format,
      long w,
      int panels,
      int cols,
      int k,
      long x,
      int live,
      long out,
      long outStride,
      long scratch) {
    int size = TokenTiles.size(live);
    boolean fits = live == size && cols == panels * PanelMatrix.PANEL_ROWS;
    if (fits && (size != 4 || panels % 2 == 0)) {
      whole(format, size, w, panels, k, x, out, outStride);
      return;
    }
    whole(format, size, w, panels, k, x, scratch, TILE_STRIDE);
    for (int i = 0; i < live; i++) {
      Lanes.copy(scratch + i * TILE_STRIDE, out + i * outStride, 4L * cols);
    }
  }

  /** As {@link #multiply}, everything left in {@code scratch}; returns the stride of its tokens. */
  static long multiplyToScratch(
      WeightFormat format, long w, int panels, int k, long x, int live, long scratch) {
    whole(format, TokenTiles.size(live), w, panels, k, x, scratch, TILE_STRIDE);
    return TILE_STRIDE;
  }

  private static void whole(
      WeightFormat format, int size, long w, int panels, int k, long x, long out, long outStride) {
    long panelBytes = PanelMatrix.panelBytes(k, format);
    long outPanel = 2 * Lanes.VECTOR;
    int p = 0;
    switch (size) {
      case TokenTiles.FULL -> {
        for (; p < panels; p++) {
          tile8x1(format, w + p * panelBytes, 0, k, x, out + p * outPanel, outStride);
        }
      }
      case 4 -> {
        for (; p < panels; p += 2) {
          // An odd last panel is multiplied twice; the second result falls into scratch memory.
          long second = p + 1 < panels ? panelBytes : 0;
          tile4x2(format, w + p * panelBytes, second, k, x, out + p * outPanel, outStride);
        }
      }
      case 2 -> {
        // Four panels are four streams from memory, which is faster than two of twice the tokens.
        int together = format == WeightFormat.INT8 ? 2 : MAX_PANELS;
        for (; p + together <= panels; p += together) {
          pairTile(format, w + p * panelBytes, panelBytes, k, x, out + p * outPanel, outStride);
        }
        for (; p < panels; p++) {
          tile2x1(format, w + p * panelBytes, 0, k, x, out + p * outPanel, outStride);
        }
      }
      default -> {
        for (; p + MAX_PANELS <= panels; p += MAX_PANELS) {
          tile1x4(format, w + p * panelBytes, panelBytes, k, x, out + p * outPanel, 0);
        }
        for (; p < panels; p++) {
          tile1x1(format, w + p * panelBytes, 0, k, x, out + p * outPanel, 0);
        }
      }
    }
  }

  /** Two tokens: four panels, or two of int8, whose code would be too long for the compiler. */
  private static void pairTile(
      WeightFormat format, long w, long panelStride, int k, long x, long out, long outStride) {
    switch (format) {
      case BF16 -> Bf16Tiles.tile2x4(w, panelStride, k, x, out, outStride);
      case F32 -> F32Tiles.tile2x4(w, panelStride, k, x, out, outStride);
      case INT8 -> Int8Tiles.tile2x2(w, panelStride, k, x, out, outStride);
    }
  }

  private static void tile2x1(
      WeightFormat format, long w, long panelStride, int k, long x, long out, long outStride) {
    switch (format) {
      case BF16 -> Bf16Tiles.tile2x1(w, panelStride, k, x, out, outStride);
      case F32 -> F32Tiles.tile2x1(w, panelStride, k, x, out, outStride);
      case INT8 -> Int8Tiles.tile2x1(w, panelStride, k, x, out, outStride);
    }
  }

  private static void tile8x1(
      WeightFormat format, long w, long panelStride, int k, long x, long out, long outStride) {
    switch (format) {
      case BF16 -> Bf16Tiles.tile8x1(w, panelStride, k, x, out, outStride);
      case F32 -> F32Tiles.tile8x1(w, panelStride, k, x, out, outStride);
      case INT8 -> Int8Tiles.tile8x1(w, panelStride, k, x, out, outStride);
    }
  }

  private static void tile4x2(
      WeightFormat format, long w, long panelStride, int k, long x, long out, long outStride) {
    switch (format) {
      case BF16 -> Bf16Tiles.tile4x2(w, panelStride, k, x, out, outStride);
      case F32 -> F32Tiles.tile4x2(w, panelStride, k, x, out, outStride);
      case INT8 -> Int8Tiles.tile4x2(w, panelStride, k, x, out, outStride);
    }
  }

  private static void tile1x4(
      WeightFormat format, long w, long panelStride, int k, long x, long out, long outStride) {
    switch (format) {
      case BF16 -> Bf16Tiles.tile1x4(w, panelStride, k, x, out, outStride);
      case F32 -> F32Tiles.tile1x4(w, panelStride, k, x, out, outStride);
      case INT8 -> Int8Tiles.tile1x4(w, panelStride, k, x, out, outStride);
    }
  }

  private static void tile1x1(
      WeightFormat format, long w, long panelStride, int k, long x, long out, long outStride) {
    switch (format) {
      case BF16 -> Bf16Tiles.tile1x1(w, panelStride, k, x, out, outStride);
      case F32 -> F32Tiles.tile1x1(w, panelStride, k, x, out, outStride);
      case INT8 -> Int8Tiles.tile1x1(w, panelStride, k, x, out, outStride);
    }
  }
}
