package dev.heddle.app.api.adapters;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.heddle.app.api.imports.ImportView;
import dev.heddle.app.api.residency.ResidentVersionView;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.registry.adapter.Version;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A version with its tuned experts, by layer.
 *
 * @param resident null while its experts are not in the slots
 * @param imported null unless its files are fetched from elsewhere
 */
public record VersionDetailView(
    @JsonUnwrapped VersionView version,
    List<TunedLayer> tunedExperts,
    @Nullable ResidentVersionView resident,
    @JsonProperty("import") @Nullable ImportView imported) {
  /** The columns that a version tunes in one layer, in ascending order. */
  public record TunedLayer(int layer, List<Integer> columns) {}

  static VersionDetailView of(
      Version version,
      List<TunedExpert> experts,
      @Nullable ResidentVersionView resident,
      @Nullable ImportView imported) {
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
        resident,
        imported);
  }
}
