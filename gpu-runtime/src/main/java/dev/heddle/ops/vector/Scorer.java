package dev.heddle.ops.vector;

import dev.heddle.ops.Logprobs;
import dev.heddle.ops.RowScoring;
import dev.heddle.ops.UnusableLogitsException;
import dev.heddle.ops.team.WorkerTeam;
import java.util.Arrays;

/**
 * {@link Logprobs} of many rows, a few of them an item. Exponentials come from vectors, a block at
 * a time; their sum in double has one order, so it is a chain of additions, and several rows'
 * chains run side by side.
 */
final class Scorer {
  private static final int AT_ONCE = 4;
  private static final int BLOCK = 1024;

  private final Workers workers;
  private final Scratch blocks;
  private final Item[] items;
  private final WorkerTeam.Task task = this::scoreItem;

  private long logits;
  private int vocabulary;
  private int size;
  private RowScoring rows = NONE;

  /** What a worker knows of the rows it scores, without those that cannot be. */
  private static final class Item {
    final int[] numbers = new int[AT_ONCE];
    final long[] addresses = new long[AT_ONCE];
    final float[] max = new float[AT_ONCE];
    final double[] sums = new double[AT_ONCE];
    int live;
    Logprobs result = new Logprobs(0);
  }

  Scorer(Workers workers) {
    this.workers = workers;
    blocks = new Scratch(workers.count());
    blocks.ensure(4L * AT_ONCE * BLOCK);
    items = new Item[workers.count()];
    for (int i = 0; i < items.length; i++) {
      items[i] = new Item();
    }
  }

  /**
   * Scores rows of floats.
   *
   * @param address of row 0
   * @param cols floats of a row
   */
  void run(long address, int cols, RowScoring asked) {
    if (cols != vocabulary) {
      for (Item item : items) {
        item.result = new Logprobs(cols);
      }
    }
    logits = address;
    vocabulary = cols;
    rows = asked;
    size = Math.clamp(Math.ceilDiv(asked.count(), workers.count()), 1, AT_ONCE);
    workers.run(task, Math.ceilDiv(asked.count(), size), 4L * asked.count() * cols);
    rows = NONE;
  }

  private void scoreItem(int worker, int number) {
    Item item = items[worker];
    item.live = 0;
    int end = Math.min(rows.count(), (number + 1) * size);
    for (int i = number * size; i < end; i++) {
      long row = logits + 4L * rows.row(i) * vocabulary;
      float max = RowKernels.max(row, vocabulary);
      if (max < Float.POSITIVE_INFINITY && max > Float.NEGATIVE_INFINITY) {
        item.numbers[item.live] = i;
        item.addresses[item.live] = row;
        item.max[item.live++] = max;
      } else {
        rows.failed(i, unusable(row));
      }
    }
    if (item.live > 0) {
      addUp(item, blocks.of(worker));
    }
    for (int r = 0; r < item.live; r++) {
      finish(item, r);
    }
  }

  private UnusableLogitsException unusable(long row) {
    for (int token = 0; token < vocabulary; token++) {
      float logit = Lanes.getFloat(row + 4L * token);
      if (!(logit < Float.POSITIVE_INFINITY)) {
        return UnusableLogitsException.of(token, logit);
      }
    }
    return UnusableLogitsException.noToken();
  }

  /** Where there are fewer rows than chains, the last row has several of them. */
  private void addUp(Item item, long scratch) {
    int last = item.live - 1;
    long one = scratch + 4L * BLOCK * Math.min(1, last);
    long two = scratch + 4L * BLOCK * Math.min(2, last);
    long three = scratch + 4L * BLOCK * last;
    Arrays.fill(item.sums, 0);
    for (int from = 0; from < vocabulary; from += BLOCK) {
      int count = Math.min(BLOCK, vocabulary - from);
      for (int r = 0; r <= last; r++) {
        long block = scratch + 4L * BLOCK * r;
        RowKernels.expMinus(block, item.addresses[r] + 4L * from, item.max[r], count);
      }
      addInOrder(scratch, one, two, three, count, item.sums);
    }
  }

  private static void addInOrder(
      long zero, long one, long two, long three, int count, double[] sums) {
    double a = sums[0];
    double b = sums[1];
    double c = sums[2];
    double d = sums[3];
    for (long at = 0; at < 4L * count; at += 4) {
      a += Lanes.getFloat(zero + at);
      b += Lanes.getFloat(one + at);
      c += Lanes.getFloat(two + at);
      d += Lanes.getFloat(three + at);
    }
    sums[0] = a;
    sums[1] = b;
    sums[2] = c;
    sums[3] = d;
  }

  private void finish(Item item, int r) {
    int number = item.numbers[r];
    long row = item.addresses[r];
    Logprobs result = item.result;
    result.begin();
    int first = Math.min(rows.alternatives(number), vocabulary);
    for (int token = 0; token < first; token++) {
      result.insert(token, Lanes.getFloat(row + 4L * token), first);
    }
    int token = first == 0 ? vocabulary : nextAbove(row, first, result);
    while (token < vocabulary) {
      result.insert(token, Lanes.getFloat(row + 4L * token), first);
      token = nextAbove(row, token + 1, result);
    }
    result.finish(Lanes.getFloat(row + 4L * rows.token(number)), item.max[r], item.sums[r]);
    rows.scored(number, result);
  }

  private int nextAbove(long row, int from, Logprobs result) {
    return RowKernels.nextAbove(row, from, vocabulary, result.least());
  }

  void close() {
    blocks.close();
  }

  private static final RowScoring NONE =
      new RowScoring() {
        @Override
        public int count() {
          return 0;
        }

        @Override
        public int row(int i) {
          throw new IndexOutOfBoundsException(i);
        }

        @Override
        public int token(int i) {
          throw new IndexOutOfBoundsException(i);
        }

        @Override
        public int alternatives(int i) {
          throw new IndexOutOfBoundsException(i);
        }

        @Override
        public void scored(int i, Logprobs result) {}

        @Override
        public void failed(int i, RuntimeException cause) {}
      };
}
