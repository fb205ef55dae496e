package dev.heddle.ops;

/**
 * How router logits become picks: softmax over M logits in float32, then the k best. With {@code
 * groups > 1} only experts of the {@code topGroups} groups with the largest best score compete, the
 * others' scores become 0 first. Ties go to the lower id. Weights are scores times {@code scale},
 * or, if {@code normalize} and k &gt; 1, scores divided by their sum.
 *
 * @param routed M
 * @param shared S columns that every token takes, with weight 1, after its picks
 */
public record RouteRule(
    int routed, int shared, int topK, int groups, int topGroups, boolean normalize, float scale) {
  /** Experts that one token meets: k + S. */
  public int perToken() {
    return topK + shared;
  }
}
