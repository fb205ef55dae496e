package dev.heddle.registry.snapshot;

import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.BootstrapKey;
import dev.heddle.registry.access.KeyText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The registry as it was at one time, for the inference path: who a key belongs to, and what a name
 * means to a tenant. Immutable; nothing here waits for anything.
 */
public final class RegistrySnapshot {
  private final BaseModel base;
  private final Map<String, KeyEntry> keysByPublicId;
  private final Map<String, UUID> tenantsByName;
  private final Map<UUID, Map<String, AdapterEntry>> adaptersByOwner;
  private final Map<UUID, List<AdapterEntry>> adaptersByGrantee = new HashMap<>();

  RegistrySnapshot(
      BaseModel base,
      Map<String, KeyEntry> keysByPublicId,
      Map<String, UUID> tenantsByName,
      List<AdapterEntry> adapters) {
    this.base = base;
    this.keysByPublicId = Map.copyOf(keysByPublicId);
    this.tenantsByName = Map.copyOf(tenantsByName);
    this.adaptersByOwner = new HashMap<>();
    for (AdapterEntry adapter : adapters) {
      adaptersByOwner
          .computeIfAbsent(adapter.ownerId(), owner -> new HashMap<>())
          .put(adapter.name(), adapter);
      for (UUID grantee : adapter.grantees()) {
        adaptersByGrantee.computeIfAbsent(grantee, g -> new ArrayList<>()).add(adapter);
      }
    }
  }

  /** The base model that is served. */
  public BaseModel base() {
    return base;
  }

  /**
   * Says whose a key is.
   *
   * @param key what stands behind {@code Bearer}
   */
  public Authentication authenticate(String key, Instant now) {
    KeyEntry issued =
        KeyText.parse(key).map(text -> find(text.publicId(), text.secretHash())).orElse(null);
    KeyEntry found =
        issued != null ? issued : find(BootstrapKey.CONFIGURED_ID, BootstrapKey.hash(key));
    return found == null ? new Authentication.Denied(Authentication.Reason.UNKNOWN) : found.at(now);
  }

  /** The id of the tenant of this name. */
  public Optional<UUID> tenant(String name) {
    return Optional.ofNullable(tenantsByName.get(name));
  }

  private @Nullable KeyEntry find(String publicId, byte[] hash) {
    KeyEntry entry = keysByPublicId.get(publicId);
    return entry != null && entry.matches(hash) ? entry : null;
  }

  /**
   * Says what a name means to a tenant: the base model's, an adapter's own, {@code name@3}, {@code
   * name@sha256:HEX}, and each of the latter behind {@code owner/}. Empty for what is not there,
   * and just so for what the tenant has no grant for.
   */
  public Optional<ResolvedModel> resolve(UUID tenant, String name) {
    return ModelName.parse(name)
        .flatMap(parsed -> {
          if (parsed.owner() == null && parsed.isPlain() && parsed.name().equals(base.name())) {
            return Optional.of(baseModel());
          }
          return adapter(tenant, parsed)
              .flatMap(adapter -> version(adapter, parsed))
              .map(version -> model(name, version));
        });
  }

  /** What a tenant can call by name: the base, its own published adapters, those granted to it. */
  public List<ResolvedModel> models(UUID tenant) {
    List<ResolvedModel> models = new ArrayList<>();
    adaptersByOwner
        .getOrDefault(tenant, Map.of())
        .values()
        .forEach(adapter -> addPublished(models, adapter.name(), adapter));
    adaptersByGrantee
        .getOrDefault(tenant, List.of())
        .forEach(adapter -> addPublished(models, adapter.owner() + "/" + adapter.name(), adapter));
    models.sort(Comparator.comparing(ResolvedModel::name));
    models.addFirst(baseModel());
    return List.copyOf(models);
  }

  private static void addPublished(List<ResolvedModel> models, String name, AdapterEntry adapter) {
    VersionRef published = adapter.published();
    if (published != null) {
      models.add(model(name, published));
    }
  }

  private Optional<AdapterEntry> adapter(UUID tenant, ModelName name) {
    UUID owner = name.owner() == null ? tenant : tenantsByName.get(name.owner());
    if (owner == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(adaptersByOwner.getOrDefault(owner, Map.of()).get(name.name()))
        .filter(adapter -> adapter.mayBeCalledBy(tenant));
  }

  private static Optional<VersionRef> version(AdapterEntry adapter, ModelName name) {
    if (name.number() != null) {
      return Optional.ofNullable(adapter.byNumber().get(name.number()));
    }
    if (name.digest() != null) {
      return Optional.ofNullable(adapter.byDigest().get(name.digest()));
    }
    return Optional.ofNullable(adapter.published());
  }

  private ResolvedModel baseModel() {
    return new ResolvedModel(base.name(), ResolvedModel.BASE_OWNER, base.createdAt(), null);
  }

  private static ResolvedModel model(String name, VersionRef version) {
    return new ResolvedModel(name, version.owner(), version.createdAt(), version);
  }
}
