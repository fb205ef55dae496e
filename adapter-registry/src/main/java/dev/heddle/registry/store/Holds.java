package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Digests that must not be collected because somebody is about to need them. Asking whether one is
 * held and removing its blob is one step, as is holding one before looking whether its blob is
 * there; so neither can come between the other's two halves.
 */
final class Holds {
  /** Removes one blob. */
  interface Removal {
    void run() throws IOException;
  }

  private final Map<Digest, Integer> held = new HashMap<>();
  private @Nullable Set<Digest> heldDuringCollection;

  synchronized void hold(Digest digest) {
    held.merge(digest, 1, Integer::sum);
    if (heldDuringCollection != null) {
      heldDuringCollection.add(digest);
    }
  }

  synchronized void release(Digest digest) {
    held.computeIfPresent(digest, (d, count) -> count == 1 ? null : count - 1);
  }

  /** From here until {@link #endCollection} whatever is held once counts as held. */
  synchronized void beginCollection() {
    heldDuringCollection = new HashSet<>(held.keySet());
  }

  synchronized void endCollection() {
    heldDuringCollection = null;
  }

  /** Removes a blob unless its digest is or was held during this collection. */
  synchronized boolean removeUnlessHeld(Digest digest, Removal removal) throws IOException {
    if (heldDuringCollection != null && heldDuringCollection.contains(digest)) {
      return false;
    }
    removal.run();
    return true;
  }
}
