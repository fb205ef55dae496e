package dev.heddle.experts;

import dev.heddle.format.Digest;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the routers of all MoE layers sent the tokens of one adapter, or of the base, as of one
 * moment between two steps. A token counts when it is computed: not when its KV was found in the
 * prefix cache, and once more when it is computed again. So in every layer {@code tokens * topK}
 * tokens were sent to routed columns; shared columns take every token and are not counted.
 *
 * @param adapter null for the base
 * @param countedFor time since its counters were at 0
 * @param resets times that they were set back to 0, each time it was loaded anew, as far as
 *     remembered
 * @param tokens tokens computed
 * @param topK columns that each of them is sent to in a layer
 * @param layers all MoE layers, by rising number
 */
public record RoutingStats(
    @Nullable Digest adapter,
    Duration countedFor,
    long resets,
    long tokens,
    int topK,
    List<Layer> layers) {

  public RoutingStats {
    layers = List.copyOf(layers);
  }

  /**
   * One MoE layer.
   *
   * @param number among all decoder layers, from 0
   * @param counts tokens sent to each routed column
   * @param tuned routed columns where the adapter has an expert other than the base's, rising
   */
  public record Layer(int number, List<Long> counts, List<Integer> tuned) {
    public Layer {
      counts = List.copyOf(counts);
      tuned = List.copyOf(tuned);
    }

    /** Tokens sent to tuned experts. */
    public long tunedHits() {
      return tuned.stream().mapToLong(counts::get).sum();
    }
  }

  /** Over all layers: tokens sent to routed columns, one for each layer and pick. */
  public long hits() {
    return layers.stream().flatMap(layer -> layer.counts.stream()).mapToLong(n -> n).sum();
  }

  /** Over all layers: those of {@link #hits} that met a tuned expert. */
  public long tunedHits() {
    return layers.stream().mapToLong(Layer::tunedHits).sum();
  }
}
