package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.registry.store.ExpertStore.Collected;
import dev.heddle.registry.store.ExpertStore.Liveness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One collection: takes the blobs of a store one by one, asks for so many at a time which are live,
 * and removes the others. For one thread.
 */
final class Sweep {
  private static final int ASKED_AT_ONCE = 500;

  private record Candidate(Digest digest, long bytes, Holds.Removal removal) {}

  private final Holds holds;
  private final Liveness live;
  private final List<Candidate> candidates = new ArrayList<>();
  private int removed;
  private long removedBytes;
  private long kept;
  private long keptBytes;

  Sweep(Holds holds, Liveness live) {
    this.holds = holds;
    this.live = live;
  }

  /** A blob that stays whatever it is. */
  void keep(long bytes) {
    kept++;
    keptBytes += bytes;
  }

  /** A blob that goes unless it is live or held. */
  void add(Digest digest, long bytes, Holds.Removal removal) throws IOException {
    candidates.add(new Candidate(digest, bytes, removal));
    if (candidates.size() == ASKED_AT_ONCE) {
      flush();
    }
  }

  Collected finish() throws IOException {
    flush();
    return new Collected(removed, removedBytes, kept, keptBytes);
  }

  private void flush() throws IOException {
    if (candidates.isEmpty()) {
      return;
    }
    Set<Digest> keep =
        live.among(candidates.stream().map(Candidate::digest).collect(Collectors.toSet()));
    for (Candidate blob : candidates) {
      if (!keep.contains(blob.digest()) && holds.removeUnlessHeld(blob.digest(), blob.removal())) {
        removed++;
        removedBytes += blob.bytes();
      } else {
        keep(blob.bytes());
      }
    }
    candidates.clear();
  }
}
