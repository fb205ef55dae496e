package dev.heddle.experts;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.TunedExpert;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The experts that an adapter tunes: all of them by place, and each distinct one once. Immutable.
 */
final class AdapterExperts {
  private final List<TunedExpert> tuned;
  private final Digest[] digests;
  private final TunedExpert[] places;

  AdapterExperts(AdapterManifest manifest) {
    tuned = manifest.experts();
    Map<Digest, TunedExpert> distinct = new LinkedHashMap<>();
    for (TunedExpert expert : tuned) {
      distinct.putIfAbsent(expert.digest(), expert);
    }
    digests = distinct.keySet().toArray(Digest[]::new);
    places = distinct.values().toArray(TunedExpert[]::new);
  }

  /** Every place that has an expert of the adapter's own. */
  List<TunedExpert> tuned() {
    return tuned;
  }

  /** Distinct experts: the most slots that the adapter takes. */
  int size() {
    return digests.length;
  }

  /** The distinct expert {@code i}, 0 to {@link #size} - 1. */
  Digest digest(int i) {
    return digests[i];
  }

  /** A place where the distinct expert {@code i} belongs. */
  TunedExpert place(int i) {
    return places[i];
  }

  void addTo(Set<Digest> set) {
    Collections.addAll(set, digests);
  }

  void removeFrom(Set<Digest> set) {
    for (Digest digest : digests) {
      set.remove(digest);
    }
  }
}
