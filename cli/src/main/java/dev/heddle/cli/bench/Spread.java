package dev.heddle.cli.bench;

import java.util.List;

/** Where the middle half of some numbers lies: the quartiles, and the median between them. */
record Spread(double low, double median, double high) {
  /**
   * Of one number or more.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Spread of(List<Double> numbers) {
    if (numbers.isEmpty()) {
      throw new IllegalArgumentException("no numbers");
    }
    double[] sorted = numbers.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Spread(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
  }

  /** Between the two numbers that are nearest. */
  private static double at(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /** Of ratios: what is more than 1, in percent. */
  String percent() {
    return String.format(
        "%+.2f %% (%+.2f to %+.2f)", 100 * (median - 1), 100 * (low - 1), 100 * (high - 1));
  }
}
