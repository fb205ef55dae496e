package dev.heddle.format.adapter;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * What an adapter is, without its bytes: enough to address its experts by digest.
 *
 * @param digest SHA-256 over (base digest, sorted (layer, column, expert digest)), experts equal to
 *     the base's left out
 * @param base digest of the base model it was made from
 * @param experts the experts that differ from the base's, sorted by (layer, column)
 * @param bytes logical size of those experts
 */
public record AdapterManifest(Digest digest, Digest base, List<TunedExpert> experts, long bytes) {
  public AdapterManifest {
    experts = List.copyOf(experts);
  }

  /**
   * Makes a manifest, computing its digest; see {@link Digests#adapter}.
   *
   * @param experts those that differ from the base's, in any order
   */
  public static AdapterManifest of(Digest base, Collection<TunedExpert> experts, long bytes) {
    List<TunedExpert> sorted =
        experts.stream()
            .sorted(
                Comparator.comparingInt(TunedExpert::layer).thenComparingInt(TunedExpert::column))
            .toList();
    List<String> lines =
        sorted.stream().map(e -> e.layer() + " " + e.column() + " " + e.digest()).toList();
    return new AdapterManifest(Digests.adapter(base, lines), base, sorted, bytes);
  }
}
