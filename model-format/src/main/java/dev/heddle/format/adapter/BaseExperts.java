package dev.heddle.format.adapter;

import dev.heddle.format.DType;
import dev.heddle.format.model.ModelFamily;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.WeightNames;
import java.util.Collections;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The experts of a base model, as far as an adapter has to agree with them.
 *
 * @param layers decoder layers, those without experts too
 * @param moeLayers indexes of the layers with experts, rising
 * @param routed routed experts of such a layer
 * @param shared shared experts of such a layer, 0 for none
 * @param sharedWidth width of the MLP that they are, 0 for none
 * @param hidden width of the residual stream
 * @param intermediate width of one expert
 * @param dtype of the base's tensors, and of its adapters'
 * @param names what the base's family calls its experts' tensors
 */
public record BaseExperts(
    int layers,
    NavigableSet<Integer> moeLayers,
    int routed,
    int shared,
    int sharedWidth,
    int hidden,
    int intermediate,
    DType dtype,
    WeightNames names) {
  public BaseExperts {
    moeLayers = Collections.unmodifiableNavigableSet(new TreeSet<>(moeLayers));
  }

  /** Those of a model. */
  public static BaseExperts of(ModelShape shape) {
    return new BaseExperts(
        shape.layers(),
        IntStream.range(0, shape.layers())
            .filter(shape::isMoe)
            .boxed()
            .collect(Collectors.toCollection(TreeSet::new)),
        shape.experts().routed(),
        shape.experts().shared(),
        shape.experts().sharedWidth(),
        shape.hidden(),
        shape.experts().intermediate(),
        shape.dtype(),
        ModelFamily.of(shape).names());
  }

  /** Whether there is a layer of this index and it has experts. */
  boolean isMoe(int layer) {
    return moeLayers.contains(layer);
  }

  /**
   * The sentence that says that an adapter was made for a base of another size; empty if nothing
   * tells so.
   *
   * @param copy the configuration of a model that lies beside the adapter's; null without one
   */
  Optional<String> misfit(ExpertConfig config, @Nullable ModelShape copy) {
    int wantedLayers = config.experts().isEmpty() ? 0 : config.experts().lastKey() + 1;
    int wantedExperts =
        1 + config.experts().values().stream().mapToInt(List::getLast).max().orElse(-1);
    boolean misfit = wantedLayers > layers || wantedExperts > routed;
    String least = "at least ";
    if (copy != null) {
      wantedLayers = copy.layers();
      wantedExperts = copy.experts().routed();
      misfit = wantedLayers != layers || wantedExperts != routed;
      least = "";
    }
    return misfit
        ? Optional.of(
            "this adapter is for %s%d layers of %d experts, the base has %d of %d"
                .formatted(least, wantedLayers, wantedExperts, layers, routed))
        : Optional.empty();
  }

  /** Bytes of one expert. */
  public long expertBytes() {
    return 3L * hidden * intermediate * dtype.bytes();
  }
}
