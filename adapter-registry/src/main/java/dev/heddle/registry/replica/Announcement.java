package dev.heddle.registry.replica;

import dev.heddle.format.Digest;
import java.util.Set;

/**
 * What a process says of itself that changes.
 *
 * @param adapters digests of those resident
 */
public record Announcement(Replica.State state, Set<Digest> adapters, Replica.Load load) {
  static final Announcement STARTING =
      new Announcement(Replica.State.STARTING, Set.of(), Replica.Load.NONE);

  public Announcement {
    adapters = Set.copyOf(adapters);
  }

  Announcement with(Replica.State other) {
    return new Announcement(other, adapters, load);
  }

  /** Whether others would send requests elsewhere than they do now. */
  boolean differsInMoreThanLoad(Announcement other) {
    return state != other.state || !adapters.equals(other.adapters);
  }
}
