package dev.heddle.app.api.adapters;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.heddle.app.api.imports.ImportView;
import dev.heddle.app.api.proof.ProofView;
import dev.heddle.app.api.residency.ResidentVersionView;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.registry.adapter.Version;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A version with its tuned experts.
 *
 * @param tunedExperts by layer
 * @param experts one by one, null unless they are asked for
 * @param resident null while its experts are not in the slots
 * @param imported null unless its files are fetched from elsewhere
 * @param proof the latest run of its golden prompts; null if it has none
 */
public record VersionDetailView(
    @JsonUnwrapped VersionView version,
    List<TunedLayer> tunedExperts,
    @Nullable List<ExpertView> experts,
    @Nullable ResidentVersionView resident,
    @JsonProperty("import") @Nullable ImportView imported,
    @Nullable ProofView proof) {
  /** The columns that a version tunes in one layer, in ascending order. */
  public record TunedLayer(int layer, List<Integer> columns) {}

  /**
   * A tuned expert.
   *
   * @param digest {@code sha256:…} of its tensors
   */
  public record ExpertView(int layer, int column, String digest) {}

  /**
   * @param each whether to show the experts one by one
   */
  static VersionDetailView of(
      Version version,
      List<TunedExpert> experts,
      boolean each,
      @Nullable ResidentVersionView resident,
      @Nullable ImportView imported,
      @Nullable ProofView proof) {
    Map<Integer, List<Integer>> layers =
        experts.stream()
            .collect(
                Collectors.groupingBy(
                    TunedExpert::layer,
                    TreeMap::new,
                    Collectors.mapping(TunedExpert::column, Collectors.toList())));
    return new VersionDetailView(
        VersionView.of(version),
        layers.entrySet().stream().map(e -> new TunedLayer(e.getKey(), e.getValue())).toList(),
        each ? experts.stream().map(VersionDetailView::view).toList() : null,
        resident,
        imported,
        proof);
  }

  private static ExpertView view(TunedExpert expert) {
    return new ExpertView(expert.layer(), expert.column(), expert.digest().qualified());
  }
}
