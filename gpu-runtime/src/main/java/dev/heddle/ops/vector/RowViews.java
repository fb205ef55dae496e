package dev.heddle.ops.vector;

import dev.heddle.ops.RowReader;
import dev.heddle.ops.memory.NativeMemory;
import dev.heddle.ops.team.WorkerTeam;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Shows rows in native memory to a {@link RowReader}, a lane of them an item. Lanes are fewer than
 * threads where there are many of those: readers keep memory for each.
 */
final class RowViews {
  private static final int MOST_LANES = 8;

  /** What looking at an element costs, in multiply-adds: the least that readers do. */
  private static final long COST = 8;

  private final Workers workers;
  private final float[][] copies;
  private final WorkerTeam.Task task = this::lane;

  private long rows;
  private int cols;
  private int stride;
  private RowReader reader = NONE;

  RowViews(Workers workers) {
    this.workers = workers;
    this.copies = new float[Math.min(workers.count(), MOST_LANES)][0];
  }

  int lanes() {
    return copies.length;
  }

  /**
   * Shows rows of floats.
   *
   * @param address of row 0
   * @param width floats of a row
   */
  void show(long address, int width, RowReader asked) {
    rows = address;
    cols = width;
    reader = asked;
    stride = Math.min(copies.length, asked.count());
    workers.run(task, stride, COST * width * asked.count());
    reader = NONE;
  }

  private void lane(int worker, int lane) {
    if (copies[lane].length != cols) {
      copies[lane] = new float[cols];
    }
    float[] copy = copies[lane];
    for (int i = lane; i < reader.count(); i += stride) {
      long address = rows + 4L * reader.row(i) * cols;
      MemorySegment.copy(
          NativeMemory.ALL, ValueLayout.JAVA_FLOAT_UNALIGNED, address, copy, 0, cols);
      reader.look(lane, i, copy);
    }
  }

  private static final RowReader NONE =
      new RowReader() {
        @Override
        public int count() {
          return 0;
        }

        @Override
        public int row(int i) {
          throw new IndexOutOfBoundsException(i);
        }

        @Override
        public void look(int lane, int i, float[] logits) {}
      };
}
