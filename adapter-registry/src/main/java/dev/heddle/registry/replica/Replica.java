package dev.heddle.registry.replica;

import dev.heddle.format.Digest;
import java.net.URI;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A process of the fleet, as it described itself last.
 *
 * @param start its data folder, which stays the same over restarts, and the number of its start
 * @param name what people call it
 * @param address where others reach it, such as {@code http://10.0.0.5:8080}; null if they do not
 * @param base digest of the base model that it serves
 * @param adapters digests of the adapters that are resident
 * @param startedAt by the database's clock, as {@code seenAt} is
 * @param seenAt when it announced itself last
 */
public record Replica(
    Start start,
    String name,
    @Nullable URI address,
    State state,
    Digest base,
    Set<Digest> adapters,
    Load load,
    Instant startedAt,
    Instant seenAt) {
  public Replica {
    adapters = Set.copyOf(adapters);
  }

  /** What a process is about. */
  public enum State {
    /** Takes no requests yet. */
    STARTING,
    /** Takes requests. */
    SERVING,
    /** Takes no new requests, and ends those that it has. */
    DRAINING,
    /** Has ended as it should; never among those that live. */
    STOPPED
  }

  /**
   * What the engine has to do.
   *
   * @param running choices that are computed
   * @param waiting requests in the queue
   * @param kvUse share of the KV blocks in use, 0 to 1
   */
  public record Load(int running, int waiting, double kvUse) {
    /** Of an engine that does nothing. */
    public static final Load NONE = new Load(0, 0, 0);
  }

  /** Id of its data folder. */
  public UUID id() {
    return start.replica();
  }

  /** Whether it takes requests. */
  public boolean isServing() {
    return state == State.SERVING;
  }
}
