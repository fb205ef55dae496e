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
 * @param disabled whether its keys and sessions open nothing
 * @param adapters by name; one without a version that is ready is left out
 * @param aliases free ones, by name; one that means nothing is left out
 * @param granted adapters of others that it may call
 */
record TenantEntry(
    UUID id,
    String name,
    TenantLimits limits,
    boolean disabled,
    PMap<String, SnapshotAdapter> adapters,
    PMap<String, AliasEntry> aliases,
    PSet<OwnedName> granted) {
  static TenantEntry of(UUID id, String name, TenantLimits limits, boolean disabled) {
    return new TenantEntry(
        id,
        name,
        limits,
        disabled,
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePSet.empty());
  }

  /** The same tenant's things, with what an operator has set of it since. */
  TenantEntry withSettingsOf(TenantEntry now) {
    return new TenantEntry(id, name, now.limits, now.disabled, adapters, aliases, granted);
  }

  TenantEntry withAdapters(PMap<String, SnapshotAdapter> now) {
    return new TenantEntry(id, name, limits, disabled, now, aliases, granted);
  }

  TenantEntry withAliases(PMap<String, AliasEntry> now) {
    return new TenantEntry(id, name, limits, disabled, adapters, now, granted);
  }

  TenantEntry withGranted(PSet<OwnedName> now) {
    return new TenantEntry(id, name, limits, disabled, adapters, aliases, now);
  }
}
