package dev.heddle.tornado.kernel;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What a linear kernel works on: ints in the int arena from {@code task} on. A unit is a tile of
 * rows of one head. Plain matrices have tiles of consecutive rows; routed ones take them from the
 * tile table that {@link RouteKernels} wrote, whose expert's slot chooses the weights.
 */
public final class LinearTask {
  /** Where the live count stands in the int arena; plain matrices only. */
  public static final int COUNT = 0;

  /** First float of the input, floats between its rows, and between a row's heads. */
  public static final int X = 1;

  public static final int X_STRIDE = 2;
  public static final int X_HEAD = 3;

  /** First float of the output, floats between its rows, and between a row's heads. */
  public static final int OUT = 4;

  public static final int OUT_STRIDE = 5;
  public static final int OUT_HEAD = 6;

  /** Heads of a row; 1 unless there is a matrix a head. */
  public static final int HEADS = 7;

  /** First word of the weights in their buffer, and words from one head or slot to the next. */
  public static final int WEIGHTS = 8;

  public static final int UNIT_WORDS = 9;

  /** First float of the bias, or -1. */
  public static final int BIAS = 10;

  /** Where the tile table begins, or -1 for a plain matrix; see {@link RouteKernels}. */
  public static final int TILES = 11;

  /** First slot of the weights' buffer, and how many it has. */
  public static final int FIRST_SLOT = 12;

  public static final int SLOTS = 13;

  /** Where the sorted pairs begin if the input has a row a token, or -1 if it has one a place. */
  public static final int PAIRS = 14;

  /** Pairs of one token. */
  public static final int PER_TOKEN = 15;

  /** Ints of a task. */
  public static final int SIZE = 16;

  private LinearTask() {}

  /** Live rows of a unit's tile of {@code size} rows, or at most 0. */
  static int live(IntArray n, int task, int unit, int size) {
    int tiles = n.get(task + TILES);
    int tile = unit / n.get(task + HEADS);
    int live;
    if (tiles < 0) {
      live = n.get(n.get(task + COUNT)) - tile * size;
    } else {
      int slot = n.get(tiles + 1 + 3 * tile) - n.get(task + FIRST_SLOT);
      boolean here = tile < n.get(tiles) && slot >= 0 && slot < n.get(task + SLOTS);
      live = here ? n.get(tiles + 3 + 3 * tile) : 0;
    }
    return Math.min(live, size);
  }

  /** First word of a unit's weights. */
  static int weights(IntArray n, int task, int unit) {
    int tiles = n.get(task + TILES);
    int heads = n.get(task + HEADS);
    int tile = unit / heads;
    int part =
        tiles < 0 ? unit - tile * heads : n.get(tiles + 1 + 3 * tile) - n.get(task + FIRST_SLOT);
    return n.get(task + WEIGHTS) + part * n.get(task + UNIT_WORDS);
  }

  /** The place of row {@code j} of a unit's tile: its row of the output. */
  private static int place(IntArray n, int task, int tile, int size, int j) {
    int tiles = n.get(task + TILES);
    return (tiles < 0 ? tile * size : n.get(tiles + 2 + 3 * tile)) + j;
  }

  /** First float of the input of row {@code j} of a unit's tile. */
  static int source(IntArray n, int task, int unit, int size, int j) {
    int heads = n.get(task + HEADS);
    int tile = unit / heads;
    int row = place(n, task, tile, size, j);
    int pairs = n.get(task + PAIRS);
    if (pairs >= 0) {
      row = (n.get(pairs + row) & RouteKernels.PAIR_MASK) / n.get(task + PER_TOKEN);
    }
    int head = unit - tile * heads;
    return n.get(task + X) + row * n.get(task + X_STRIDE) + head * n.get(task + X_HEAD);
  }

  /** Stores output {@code out} of row {@code j} of a unit's tile, with the bias if there is one. */
  static void store(
      FloatArray f, IntArray n, int task, int unit, int size, int j, int out, float value) {
    int heads = n.get(task + HEADS);
    int tile = unit / heads;
    int head = unit - tile * heads;
    int row = place(n, task, tile, size, j);
    int at = n.get(task + OUT) + row * n.get(task + OUT_STRIDE) + head * n.get(task + OUT_HEAD);
    int bias = n.get(task + BIAS);
    float result = value;
    if (bias >= 0) {
      result += f.get(bias + out);
    }
    f.set(at + out, result);
  }
}
