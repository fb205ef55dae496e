package dev.heddle.ops;

/**
 * How router logits become picks: softmax over M logits, or the sigmoid of each, in float32, then
 * the k best. With {@code groups > 1} only experts of the {@code topGroups} best groups compete: a
 * group is as good as its best expert, or, with sigmoids, as its best two together. Ties go to the
 * lower id. Weights are scores, if {@code normalize} divided by their sum, times {@code scale}.
 *
 * @param sigmoid scores are sigmoids
 * @param routed M
 * @param shared S columns that every token takes, with weight 1, after its picks
 */
public record RouteRule(
    int routed,
    int shared,
    int topK,
    int groups,
    int topGroups,
    boolean sigmoid,
    boolean normalize,
    float scale) {
  /** Experts that one token meets: k + S. */
  public int perToken() {
    return topK + shared;
  }
}
