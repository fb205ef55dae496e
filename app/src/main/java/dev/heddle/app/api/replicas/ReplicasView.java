package dev.heddle.app.api.replicas;

import dev.heddle.format.Digest;
import dev.heddle.registry.replica.Replica;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The fleet, as the replica that answers sees it.
 *
 * @param self id of the replica that answers
 * @param replicas those that live, by id
 */
record ReplicasView(UUID self, List<ReplicaView> replicas) {

  /**
   * A replica, as it announced itself last.
   *
   * @param id of its data folder, the same over restarts
   * @param address where the others reach it; null if they do not
   * @param state {@code starting}, {@code serving} or {@code draining}
   * @param baseModel digest of the base model that it serves
   * @param running choices that it computes
   * @param waiting requests in its queue
   * @param kvUse share of its KV blocks in use, 0 to 1
   * @param adapters digests of the adapters that are resident
   * @param seenAt when it announced itself last, by the database's clock
   */
  record ReplicaView(
      UUID id,
      String name,
      @Nullable String address,
      String state,
      String baseModel,
      int running,
      int waiting,
      double kvUse,
      List<String> adapters,
      Instant startedAt,
      Instant seenAt) {
    static ReplicaView of(Replica replica) {
      return new ReplicaView(
          replica.id(),
          replica.name(),
          replica.address() == null ? null : replica.address().toString(),
          replica.state().name().toLowerCase(Locale.ROOT),
          replica.base().qualified(),
          replica.load().running(),
          replica.load().waiting(),
          replica.load().kvUse(),
          replica.adapters().stream().sorted().map(Digest::qualified).toList(),
          replica.startedAt(),
          replica.seenAt());
    }
  }

  static ReplicasView of(UUID self, List<Replica> live) {
    return new ReplicasView(self, live.stream().map(ReplicaView::of).toList());
  }
}
