package dev.heddle.app.routing;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * Which replica answers an adapter's requests: consistent hashing with bounded loads. Every adapter
 * has an order of all replicas, by rendezvous hashing; the first in it that is not too busy is
 * chosen. A replica is too busy if with one request more it would have over 1.25 times the mean of
 * all; so one is always left.
 *
 * <p>A pure function of what replicas publish: whoever has the same state chooses the same. {@code
 * docs/operations.md} states it for gateways, which may be written in any language; so it counts in
 * whole numbers and hashes text.
 */
public final class AffinityRule {
  /**
   * Requests in flight up to which a replica is never too busy. A few more sequences in a step cost
   * less than a load of the adapter elsewhere.
   */
  static final int ALWAYS_FREE = 8;

  private AffinityRule() {}

  /**
   * A replica that may answer.
   *
   * @param id of its data folder, the same after a restart: its cached experts are there
   * @param load choices that it computes and requests that wait, at least 0
   */
  public record Candidate(UUID id, int load) {}

  /**
   * The replica that answers the next request for an adapter.
   *
   * @param candidates live replicas with the adapter's base model that are not draining, at least
   *     one; of different ids
   */
  public static Candidate choose(Digest adapter, Collection<Candidate> candidates) {
    int most = bound(candidates);
    return order(adapter, candidates).stream()
        .filter(candidate -> candidate.load() < most)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no replica"));
  }

  /** All replicas, an adapter's home first. */
  static List<Candidate> order(Digest adapter, Collection<Candidate> candidates) {
    return candidates.stream()
        .sorted(Comparator.comparing(candidate -> rank(adapter, candidate.id())))
        .toList();
  }

  /**
   * Most requests that a replica may have in flight once it has the next one: 1.25 of the mean that
   * there will be, rounded up.
   */
  static int bound(Collection<Candidate> candidates) {
    long all = candidates.stream().mapToLong(Candidate::load).sum() + 1;
    long times4 = 4L * candidates.size();
    return (int) Math.max(ALWAYS_FREE, (5 * all + times4 - 1) / times4);
  }

  private static Digest rank(Digest adapter, UUID replica) {
    String text = adapter.hex() + "/" + replica;
    return Digest.of(Digests.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }
}
