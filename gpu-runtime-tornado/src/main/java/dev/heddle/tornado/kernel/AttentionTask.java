package dev.heddle.tornado.kernel;

import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What the kernel of attention works on: ints in the int arena from {@code task} on. A task takes
 * at most twenty parameters; places that no loop depends on stand here.
 */
public final class AttentionTask {
  /** Where the live count stands in the int arena. */
  public static final int COUNT = 0;

  /** First float of the queries that values score with, or -1 where keys alone score. */
  public static final int QUERY_VALUE = 1;

  /** First float of the queries that keys score with, and floats between their rows. */
  public static final int QUERY = 2;

  public static final int QUERY_STRIDE = 3;

  /** First float of the output. */
  public static final int OUT = 4;

  /** First float of the layer in its buffer of the cache. */
  public static final int LAYER = 5;

  /** First int of each token's position, and of its row of the block tables. */
  public static final int POSITIONS = 6;

  public static final int SEQUENCES = 7;

  /** First int of the block tables, and ints of a row. */
  public static final int TABLES = 8;

  public static final int TABLE_COLS = 9;

  /** How many of the last tokens a token attends to, or 0 for all. */
  public static final int WINDOW = 10;

  /** Ints of a task. */
  public static final int SIZE = 11;

  private AttentionTask() {}

  /** Position of a row's token; -1 of a dead row. */
  static int position(IntArray n, int task, int row) {
    int live = n.get(n.get(task + COUNT));
    return row < live ? n.get(n.get(task + POSITIONS) + row) : -1;
  }

  /** Position of the first token that the one at {@code position} attends to. */
  static int first(IntArray n, int task, int position) {
    int window = n.get(task + WINDOW);
    return window == 0 ? 0 : Math.max(0, position - window + 1);
  }

  /** First int of the block table of a row's sequence. */
  static int table(IntArray n, int task, int row) {
    return n.get(task + TABLES) + n.get(n.get(task + SEQUENCES) + row) * n.get(task + TABLE_COLS);
  }
}
