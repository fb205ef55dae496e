package dev.heddle.registry.snapshot;

import java.util.Objects;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * All that a snapshot knows. A change makes a new one that shares with the old one whatever stayed,
 * so that it costs by the size of the change.
 *
 * @param keys by public id
 * @param tenantIds by name
 * @param publics adapters that every tenant may call
 */
record Contents(
    PMap<String, KeyEntry> keys,
    PMap<UUID, TenantEntry> tenants,
    PMap<String, UUID> tenantIds,
    PSet<OwnedName> publics) {
  static final Contents EMPTY =
      new Contents(
          HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), HashTreePSet.empty());

  /** A tenant that is there, as every owner and grantee is. */
  TenantEntry tenant(UUID id) {
    return Objects.requireNonNull(tenants.get(id));
  }

  Contents with(KeyEntry key) {
    return withKeys(keys.plus(key.principal().publicId(), key));
  }

  Contents withoutKey(String publicId) {
    return withKeys(keys.minus(publicId));
  }

  /** Adds a tenant, or gives one that is there its new settings. */
  Contents with(TenantEntry tenant) {
    TenantEntry before = tenants.get(tenant.id());
    TenantEntry now = before == null ? tenant : before.withSettingsOf(tenant);
    return new Contents(
        keys, tenants.plus(now.id(), now), tenantIds.plus(now.name(), now.id()), publics);
  }

  /** Adds an adapter in place of what had its name; its owner and grantees are there. */
  Contents with(SnapshotAdapter adapter) {
    OwnedName name = adapter.name();
    Contents now =
        without(name)
            .change(name.owner(), t -> t.withAdapters(t.adapters().plus(name.name(), adapter)));
    for (UUID grantee : adapter.grantees()) {
      now = now.change(grantee, t -> t.withGranted(t.granted().plus(name)));
    }
    return adapter.isPublic() ? now.withPublics(now.publics.plus(name)) : now;
  }

  /** Adds a free alias in place of what had its name; its owner is there. */
  Contents with(AliasEntry alias) {
    OwnedName name = alias.name();
    return change(name.owner(), t -> t.withAliases(t.aliases().plus(name.name(), alias)));
  }

  /** Takes away the adapter or alias of a name, with its grants. */
  Contents without(OwnedName name) {
    SnapshotAdapter adapter = tenant(name.owner()).adapters().get(name.name());
    if (adapter == null) {
      return change(name.owner(), t -> t.withAliases(t.aliases().minus(name.name())));
    }
    Contents now = change(name.owner(), t -> t.withAdapters(t.adapters().minus(name.name())));
    for (UUID grantee : adapter.grantees()) {
      now = now.change(grantee, t -> t.withGranted(t.granted().minus(name)));
    }
    return adapter.isPublic() ? now.withPublics(now.publics.minus(name)) : now;
  }

  private Contents change(UUID tenant, UnaryOperator<TenantEntry> change) {
    PMap<UUID, TenantEntry> now = tenants.plus(tenant, change.apply(tenant(tenant)));
    return new Contents(keys, now, tenantIds, publics);
  }

  private Contents withKeys(PMap<String, KeyEntry> now) {
    return new Contents(now, tenants, tenantIds, publics);
  }

  private Contents withPublics(PSet<OwnedName> now) {
    return new Contents(keys, tenants, tenantIds, now);
  }
}
