package dev.heddle.ops;

/**
 * What of an attention is the same for all tokens of a layer.
 *
 * @param heads query heads; the cache's groups divide them
 * @param scale factor on every score
 * @param window how many of the last tokens a token attends to, itself included; 0 for all
 */
public record AttentionRule(int heads, float scale, int window) {
  /** Position of the first token that the one at {@code position} attends to. */
  public int first(int position) {
    return window == 0 ? 0 : Math.max(0, position - window + 1);
  }
}
