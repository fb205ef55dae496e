package dev.heddle.registry.snapshot;

import dev.heddle.registry.access.TenantLimits;
import java.util.UUID;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * A tenant as the snapshot has it, with what is its own.
 *
 * @param adapters by name; one without a version that is ready is left out
 * @param aliases free ones, by name; one that means nothing is left out
 * @param granted adapters of others that it may call
 */
record TenantEntry(
    UUID id,
    String name,
    TenantLimits limits,
    PMap<String, SnapshotAdapter> adapters,
    PMap<String, AliasEntry> aliases,
    PSet<OwnedName> granted) {
  static TenantEntry of(UUID id, String name, TenantLimits limits) {
    return new TenantEntry(
        id, name, limits, HashTreePMap.empty(), HashTreePMap.empty(), HashTreePSet.empty());
  }

  TenantEntry withLimits(TenantLimits now) {
    return new TenantEntry(id, name, now, adapters, aliases, granted);
  }

  TenantEntry withAdapters(PMap<String, SnapshotAdapter> now) {
    return new TenantEntry(id, name, limits, now, aliases, granted);
  }

  TenantEntry withAliases(PMap<String, AliasEntry> now) {
    return new TenantEntry(id, name, limits, adapters, now, granted);
  }

  TenantEntry withGranted(PSet<OwnedName> now) {
    return new TenantEntry(id, name, limits, adapters, aliases, now);
  }
}
