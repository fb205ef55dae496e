package dev.heddle.app.api.residency;

import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelShape;
import dev.heddle.model.RoutingTrace;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which tokens of a text met tuned experts.
 *
 * @param name the version, {@code adapter@number}
 * @param topK routed experts that a token is sent to in a layer
 * @param layers the decoder layers that have experts
 * @param hits for each token and each of these layers, how many of the {@code top_k} experts it was
 *     sent to are tuned by the version
 */
record TraceView(String name, int topK, List<Integer> layers, List<List<Integer>> hits) {
  static TraceView of(
      String name, int tokens, RoutingTrace trace, List<TunedExpert> experts, ModelShape shape) {
    List<Integer> layers = IntStream.range(0, shape.layers()).filter(shape::isMoe).boxed().toList();
    List<BitSet> tuned = layers.stream().map(layer -> columns(experts, layer)).toList();
    List<List<Integer>> hits = new ArrayList<>();
    for (int token = 0; token < tokens; token++) {
      List<Integer> row = new ArrayList<>();
      for (int layer = 0; layer < layers.size(); layer++) {
        row.add(hits(trace, token, layer, tuned.get(layer)));
      }
      hits.add(row);
    }
    return new TraceView(name, trace.topK(), layers, hits);
  }

  private static BitSet columns(List<TunedExpert> experts, int layer) {
    BitSet columns = new BitSet();
    experts.stream()
        .filter(expert -> expert.layer() == layer)
        .forEach(expert -> columns.set(expert.column()));
    return columns;
  }

  private static int hits(RoutingTrace trace, int token, int moeLayer, BitSet tuned) {
    int hits = 0;
    for (int rank = 0; rank < trace.topK(); rank++) {
      hits += tuned.get(trace.pick(token, moeLayer, rank)) ? 1 : 0;
    }
    return hits;
  }
}
