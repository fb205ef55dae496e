package dev.heddle.registry.snapshot;

import dev.heddle.format.Digest;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.BootstrapKey;
import dev.heddle.registry.access.KeyText;
import dev.heddle.registry.access.TenantLimits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The registry at one moment, for the inference path: the owner of each key, and what a name means
 * to a tenant. Immutable; no method blocks.
 */
public final class RegistrySnapshot {
  /** As lists of adapters choose among several: the greatest share, the later version. */
  private static final Comparator<Weighted> BY_SHARE =
      Comparator.comparingInt(Weighted::weight)
          .thenComparingInt(choice -> choice.version().number())
          .thenComparing(choice -> choice.version().id());

  private final BaseModel base;
  private final Contents contents;

  RegistrySnapshot(BaseModel base, Contents contents) {
    this.base = base;
    this.contents = contents;
  }

  /** The base model that is served. */
  public BaseModel base() {
    return base;
  }

  /**
   * Checks a key and names its owner.
   *
   * @param key what stands behind {@code Bearer}
   */
  public Authentication authenticate(String key, Instant now) {
    KeyEntry issued =
        KeyText.parse(key).map(text -> find(text.publicId(), text.secretHash())).orElse(null);
    KeyEntry found =
        issued != null ? issued : find(BootstrapKey.CONFIGURED_ID, BootstrapKey.hash(key));
    return found == null
        ? new Authentication.Denied(Authentication.Reason.UNKNOWN)
        : at(found, now);
  }

  /**
   * Says whether a session's key still opens the door.
   *
   * @param stamp what {@link #stamp} said of the key when the session began
   */
  public Authentication authenticate(String publicId, Digest stamp, Instant now) {
    KeyEntry entry = contents.keys().get(publicId);
    return entry != null && entry.stamp().equals(stamp)
        ? at(entry, now)
        : new Authentication.Denied(Authentication.Reason.UNKNOWN);
  }

  private Authentication at(KeyEntry key, Instant now) {
    return isDisabled(key.principal().tenantId())
        ? new Authentication.Denied(Authentication.Reason.TENANT_DISABLED)
        : key.at(now);
  }

  /** Whether a tenant is shut out; so is one that is not known. */
  public boolean isDisabled(UUID tenant) {
    TenantEntry entry = contents.tenants().get(tenant);
    return entry == null || entry.disabled();
  }

  /** What tells a key from another that takes over its id; says nothing of its secret. */
  public Optional<Digest> stamp(String publicId) {
    return Optional.ofNullable(contents.keys().get(publicId)).map(KeyEntry::stamp);
  }

  /** The id of the tenant of this name. */
  public Optional<UUID> tenant(String name) {
    return Optional.ofNullable(contents.tenantIds().get(name));
  }

  private @Nullable KeyEntry find(String publicId, byte[] hash) {
    KeyEntry entry = contents.keys().get(publicId);
    return entry != null && entry.matches(hash) ? entry : null;
  }

  /** What a tenant may use; {@link TenantLimits#NONE} for one that is not known yet. */
  public TenantLimits limits(UUID tenant) {
    TenantEntry entry = contents.tenants().get(tenant);
    return entry == null ? TenantLimits.NONE : entry.limits();
  }

  /**
   * Says what answers a tenant's request for a name: the base model's, an adapter's own, an
   * alias's, {@code adapter@3}, {@code adapter@sha256:HEX}, and each but the first behind {@code
   * owner/}. Empty for what is not there, and just so for what the tenant may not call. Another
   * tenant's alias may be called by whoever may call the adapters of all its targets.
   *
   * @param stickyKey requests with the same key get the same version of several, as long as its
   *     share does not shrink
   */
  public Optional<ResolvedModel> resolve(UUID tenant, String name, String stickyKey) {
    return find(
        tenant, name, (owned, choices) -> Rendezvous.pick(choices, tenant, owned, stickyKey));
  }

  /** As {@link #resolve(UUID, String, String)}, with the version of the greatest share. */
  public Optional<ResolvedModel> resolve(UUID tenant, String name) {
    return find(tenant, name, (owned, choices) -> mostly(choices));
  }

  private Optional<ResolvedModel> find(
      UUID tenant, String name, BiFunction<OwnedName, List<Weighted>, VersionRef> pick) {
    return ModelName.parse(name)
        .flatMap(asked -> {
          if (asked.owner() == null && asked.isPlain() && asked.name().equals(base.name())) {
            return Optional.of(baseModel());
          }
          UUID id = asked.owner() == null ? tenant : contents.tenantIds().get(asked.owner());
          TenantEntry owner = id == null ? null : contents.tenants().get(id);
          List<Weighted> choices = owner == null ? List.of() : choices(tenant, owner, asked);
          if (owner == null || choices.isEmpty()) {
            return Optional.empty();
          }
          VersionRef version = pick.apply(new OwnedName(owner.id(), asked.name()), choices);
          return Optional.of(model(tenant, name, version));
        });
  }

  /**
   * What a tenant can call by name: the base; its own published adapters and its aliases; those
   * that are granted to it or public, and aliases to nothing else.
   */
  public List<ResolvedModel> models(UUID tenant) {
    List<ResolvedModel> models = new ArrayList<>();
    TenantEntry own = contents.tenants().get(tenant);
    if (own != null) {
      addAll(models, tenant, own, "", own.adapters().values());
      Map<UUID, List<String>> others = new HashMap<>();
      Stream.concat(own.granted().stream(), contents.publics().stream())
          .filter(name -> !name.owner().equals(tenant))
          .forEach(name ->
              others.computeIfAbsent(name.owner(), owner -> new ArrayList<>()).add(name.name()));
      others.forEach((id, names) -> {
        TenantEntry owner = contents.tenant(id);
        List<SnapshotAdapter> adapters = names.stream().map(owner.adapters()::get).toList();
        addAll(models, tenant, owner, owner.name() + "/", adapters);
      });
    }
    models.sort(Comparator.comparing(ResolvedModel::name));
    models.addFirst(baseModel());
    return List.copyOf(models);
  }

  /** Every ready version that is this adapter, by owner, name and number. */
  public List<VersionRef> versions(Digest adapter) {
    return contents.tenants().values().stream()
        .flatMap(tenant -> tenant.adapters().values().stream())
        .flatMap(entry -> entry.versions().stream())
        .filter(version -> version.digest().equals(adapter))
        .sorted(
            Comparator.comparing(VersionRef::owner)
                .thenComparing(VersionRef::adapter)
                .thenComparingInt(VersionRef::number))
        .toList();
  }

  /**
   * Every name that some tenant may call one of these adapters by, sorted: {@code name@number}, and
   * {@code name} of adapters and aliases that mean it, each for its owner alone and behind {@code
   * owner/}. What no name means is left out.
   */
  public Map<Digest, List<String>> names(Set<Digest> wanted) {
    Map<Digest, SortedSet<String>> names = new HashMap<>();
    for (TenantEntry owner : contents.tenants().values()) {
      BiConsumer<VersionRef, String> add =
          (version, name) -> {
            if (wanted.contains(version.digest())) {
              SortedSet<String> known =
                  names.computeIfAbsent(version.digest(), digest -> new TreeSet<>());
              known.add(name);
              known.add(owner.name() + "/" + name);
            }
          };
      for (SnapshotAdapter adapter : owner.adapters().values()) {
        adapter.versions().forEach(version -> add.accept(version, version.label()));
        adapter.published().forEach(choice -> add.accept(choice.version(), adapter.name().name()));
      }
      for (AliasEntry alias : owner.aliases().values()) {
        choices(owner.id(), owner, alias)
            .forEach(choice -> add.accept(choice.version(), alias.name().name()));
      }
    }
    return names.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> List.copyOf(entry.getValue())));
  }

  private void addAll(
      List<ResolvedModel> models,
      UUID tenant,
      TenantEntry owner,
      String prefix,
      Collection<SnapshotAdapter> adapters) {
    for (SnapshotAdapter adapter : adapters) {
      add(models, tenant, prefix + adapter.name().name(), adapter.published());
    }
    for (AliasEntry alias : owner.aliases().values()) {
      add(models, tenant, prefix + alias.name().name(), choices(tenant, owner, alias));
    }
  }

  private void add(List<ResolvedModel> models, UUID tenant, String name, List<Weighted> choices) {
    if (!choices.isEmpty()) {
      models.add(model(tenant, name, mostly(choices)));
    }
  }

  /** What a name stands for; none if it is not there or not the tenant's to call. */
  private static List<Weighted> choices(UUID tenant, TenantEntry owner, ModelName asked) {
    SnapshotAdapter adapter = owner.adapters().get(asked.name());
    if (adapter != null) {
      return adapter.mayBeCalledBy(tenant) ? adapter.choices(asked) : List.of();
    }
    AliasEntry alias = owner.aliases().get(asked.name());
    return alias != null && asked.isPlain() ? choices(tenant, owner, alias) : List.of();
  }

  /** An alias's versions; none if one of them cannot be called, so that no share is served less. */
  private static List<Weighted> choices(UUID tenant, TenantEntry owner, AliasEntry alias) {
    List<Weighted> choices = new ArrayList<>();
    for (AliasEntry.Target target : alias.targets()) {
      SnapshotAdapter adapter = owner.adapters().get(target.adapter());
      VersionRef version =
          adapter != null && adapter.mayBeCalledBy(tenant)
              ? adapter.version(target.number())
              : null;
      if (version == null) {
        return List.of();
      }
      choices.add(new Weighted(version, target.weight()));
    }
    return choices;
  }

  private static VersionRef mostly(List<Weighted> choices) {
    return Collections.max(choices, BY_SHARE).version();
  }

  private ResolvedModel baseModel() {
    String name = base.name();
    return new ResolvedModel(
        name, ResolvedModel.BASE_OWNER, base.createdAt(), base.id(), null, name);
  }

  private ResolvedModel model(UUID tenant, String name, VersionRef version) {
    String servedBy = version.ownerId().equals(tenant) ? version.label() : version.fullName();
    return new ResolvedModel(
        name, version.owner(), version.createdAt(), base.id(), version, servedBy);
  }
}
