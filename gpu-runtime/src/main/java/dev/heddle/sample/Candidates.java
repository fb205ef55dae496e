package dev.heddle.sample;

import dev.heddle.ops.RowMath;
import java.util.Arrays;

/**
 * The tokens still in the draw, in rising order of id, and their weights. Each filter keeps the
 * best ones by logit, ties by lower id, so what is kept is a threshold and how many of the tokens
 * on it; that is found without sorting, by a radix descent over the logits' bits: O(n). Sized once.
 */
final class Candidates {
  private static final int DIGITS = 3;
  private static final int[] SHIFTS = {21, 10, 0};
  private static final int[] BINS = {2048, 2048, 1024};

  private final RowMath math;
  private final int[] tokens;
  private final float[] logits;
  private final float[] weights;
  private final int[] counts = new int[2048];
  private final double[] sums = new double[2048];

  /** Places of those among which the last one to keep is. */
  private final int[] near;

  private int size;

  Candidates(int vocabulary, RowMath math) {
    this.math = math;
    near = new int[vocabulary];
    tokens = new int[vocabulary];
    logits = new float[vocabulary];
    weights = new float[vocabulary];
  }

  int size() {
    return size;
  }

  /** Starts anew with every token whose logit is above negative infinity; none is NaN. */
  void load(float[] row, int vocabulary) {
    size = 0;
    for (int token = 0; token < vocabulary; token++) {
      if (row[token] > Float.NEGATIVE_INFINITY) {
        tokens[size] = token;
        logits[size++] = row[token] + 0f; // -0 becomes 0: they tie
      }
    }
  }

  /** Weights exp((logit - best) / temperature): the most likely token weighs 1. */
  void weigh(float best, float temperature) {
    math.weigh(weights, logits, size, best, temperature);
  }

  /** Keeps the {@code k} best; weights may be unknown. */
  void keepTop(int k) {
    if (k < size) {
      keepBest(k, Double.POSITIVE_INFINITY);
    }
  }

  /** Keeps the fewest best whose weight reaches {@code share} of all weight, at least one. */
  void keepMass(float share) {
    if (share < 1) {
      keepBest(Integer.MAX_VALUE, Math.max(share * totalWeight(), Double.MIN_VALUE));
    }
  }

  /** Keeps those that weigh at least {@code least}; the best weighs 1. */
  void keepHeavy(float least) {
    int kept = 0;
    for (int i = 0; i < size; i++) {
      if (weights[i] >= least) {
        move(i, kept++);
      }
    }
    size = kept;
  }

  /** Inverse of the cumulative distribution over the candidates by rising id. */
  int draw(double uniform) {
    double target = uniform * totalWeight();
    double sum = 0;
    int drawn = -1;
    for (int i = 0; i < size; i++) {
      if (weights[i] > 0) {
        drawn = tokens[i];
        sum += weights[i];
        if (sum > target) {
          break;
        }
      }
    }
    return drawn;
  }

  private double totalWeight() {
    double total = 0;
    for (int i = 0; i < size; i++) {
      total += weights[i];
    }
    return total;
  }

  /**
   * Keeps the fewest best that are {@code count} or weigh {@code mass}, whichever comes first. Each
   * round fixes one more digit of the key of the last one to keep.
   */
  private void keepBest(int count, double mass) {
    int prefix = 0;
    int counted = 0;
    double weighed = 0;
    int nearby = size;
    for (int digit = 0; digit < DIGITS; digit++) {
      int shift = SHIFTS[digit];
      int last = BINS[digit] - 1;
      fillBins(digit == 0, nearby, shift, last);
      int bin = last;
      int lowest = lowestUsedBin();
      while (bin > lowest && counted + counts[bin] < count && weighed + sums[bin] < mass) {
        counted += counts[bin];
        weighed += sums[bin];
        bin--;
      }
      prefix |= bin << shift;
      nearby = narrow(digit == 0, nearby, bin, shift, last);
    }
    keepAbove(prefix, count - counted, mass - weighed);
  }

  /**
   * Counts and weights by digit.
   *
   * @param all of all candidates, rather than of those near the threshold
   */
  private void fillBins(boolean all, int nearby, int shift, int digitMask) {
    Arrays.fill(counts, 0);
    Arrays.fill(sums, 0);
    for (int n = 0; n < nearby; n++) {
      int i = all ? n : near[n];
      int bin = (key(logits[i]) >>> shift) & digitMask;
      counts[bin]++;
      sums[bin] += weights[i];
    }
  }

  /** Of those near the threshold, or of all candidates, the ones with this digit stay near. */
  private int narrow(boolean all, int nearby, int bin, int shift, int digitMask) {
    int left = 0;
    for (int n = 0; n < nearby; n++) {
      int i = all ? n : near[n];
      near[left] = i;
      left += ((key(logits[i]) >>> shift) & digitMask) == bin ? 1 : 0;
    }
    return left;
  }

  private int lowestUsedBin() {
    int bin = 0;
    while (counts[bin] == 0) {
      bin++;
    }
    return bin;
  }

  /** Keeps all above the threshold, and on it as many as it takes, at least one. */
  private void keepAbove(int threshold, int count, double mass) {
    int kept = 0;
    int ties = 0;
    double weighed = 0;
    for (int i = 0; i < size; i++) {
      int order = Integer.compareUnsigned(key(logits[i]), threshold);
      boolean tie = order == 0 && (ties == 0 || (ties < count && weighed < mass));
      if (tie) {
        ties++;
        weighed += weights[i];
      }
      if (order > 0 || tie) {
        move(i, kept++);
      }
    }
    size = kept;
  }

  private void move(int from, int to) {
    tokens[to] = tokens[from];
    logits[to] = logits[from];
    weights[to] = weights[from];
  }

  /** Orders floats as unsigned ints: negative ones reversed and below the others. */
  private static int key(float value) {
    int bits = Float.floatToRawIntBits(value);
    return bits ^ ((bits >> 31) | Integer.MIN_VALUE);
  }
}
