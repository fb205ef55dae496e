package dev.heddle.registry.replica;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One start of a process on a data folder: who owns a row. What a start has written is refused once
 * the row is somebody else's.
 *
 * @param replica id of the data folder, the same over restarts
 * @param epoch number of the start, larger than that of every earlier one in the fleet
 */
public record Start(UUID replica, long epoch) {
  /** Restricts a statement to rows of one start, by its {@link #params}. */
  public static final String OWNS = " and owner = :owner and owner_epoch = :epoch";

  /** Who owns a row; null where nobody does. */
  public static @Nullable Start ofNullable(@Nullable UUID replica, long epoch) {
    return replica == null ? null : new Start(replica, epoch);
  }

  /** What statements call {@code :owner} and {@code :epoch}. */
  public Map<String, Object> params() {
    return Map.of("owner", replica, "epoch", epoch);
  }
}
