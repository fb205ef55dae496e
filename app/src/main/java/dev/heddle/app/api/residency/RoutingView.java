package dev.heddle.app.api.residency;

import dev.heddle.experts.RoutingStats;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the routers sent a version's tokens, whoever called it, under whichever name its experts
 * have; or the base's. In every layer, counts add up to {@code tokens * top_k}. A token counts when
 * it is computed: not when it was found in the prefix cache, and once more when it is computed
 * again. What steps computed less than about a second ago may be missing.
 *
 * @param name as callers name it, {@code adapter@number}, or the base model's
 * @param since when its counters were at 0: when it was loaded
 * @param resets times that they were set back, each time it was loaded anew
 * @param tokens tokens computed since then
 * @param topK experts that a token is sent to in a layer, those that every token meets left out
 * @param columns experts that a router chooses among
 * @param tunedHits over all layers, how often a token met a tuned expert
 * @param tunedShare of all that was sent, null while nothing was
 * @param layers the layers with experts, from the first
 */
record RoutingView(
    String name,
    String digest,
    Instant since,
    long resets,
    long tokens,
    int topK,
    int columns,
    long tunedHits,
    @Nullable Double tunedShare,
    List<LayerRoutingView> layers) {

  /**
   * One layer.
   *
   * @param layer its number, as in {@code expert_cfg.json}
   * @param counts tokens sent to each column, from column 0
   * @param tuned columns where the version has an expert other than the base's
   * @param tunedHits tokens sent to those
   * @param tunedShare of all that was sent in this layer, null while nothing was
   */
  record LayerRoutingView(
      int layer,
      List<Long> counts,
      List<Integer> tuned,
      long tunedHits,
      @Nullable Double tunedShare) {
    static LayerRoutingView of(RoutingStats.Layer layer, long sent) {
      return new LayerRoutingView(
          layer.number(),
          layer.counts(),
          layer.tuned(),
          layer.tunedHits(),
          share(layer.tunedHits(), sent));
    }
  }

  static RoutingView of(String name, String digest, RoutingStats stats) {
    return new RoutingView(
        name,
        digest,
        Seconds.ago(stats.countedFor()),
        stats.resets(),
        stats.tokens(),
        stats.topK(),
        stats.layers().isEmpty() ? 0 : stats.layers().getFirst().counts().size(),
        stats.tunedHits(),
        share(stats.tunedHits(), stats.hits()),
        stats.layers().stream()
            .map(layer -> LayerRoutingView.of(layer, stats.tokens() * stats.topK()))
            .toList());
  }

  private static @Nullable Double share(long part, long whole) {
    return whole == 0 ? null : (double) part / whole;
  }
}
