package dev.heddle.registry.snapshot;

import dev.heddle.format.Digest;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An adapter as the snapshot has it.
 *
 * @param published what its name means, null if nothing
 * @param byNumber all its ready versions
 * @param byDigest the same; of several with one digest the latest
 * @param grantees tenants, beside its owner, that may call it
 */
record AdapterEntry(
    UUID ownerId,
    String owner,
    String name,
    @Nullable VersionRef published,
    Map<Integer, VersionRef> byNumber,
    Map<Digest, VersionRef> byDigest,
    Set<UUID> grantees) {
  AdapterEntry {
    byNumber = Map.copyOf(byNumber);
    byDigest = Map.copyOf(byDigest);
    grantees = Set.copyOf(grantees);
  }

  boolean mayBeCalledBy(UUID tenant) {
    return ownerId.equals(tenant) || grantees.contains(tenant);
  }
}
