package dev.heddle.it;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.registry.Actor;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.adapter.Publishing;
import dev.heddle.registry.adapter.StoredVersion;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionStates;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.db.RegistryDatabase;
import dev.heddle.registry.replica.Replicas;
import dev.heddle.registry.store.ExpertStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Fills a registry with adapters whose experts are those of the demo's adapters, mixed: ready and
 * published, without an upload.
 */
final class ManyAdapters {
  private static final Actor ACTOR = new Actor("fill");

  private final PlatformFixture platform;
  private final Versions versions;
  private final VersionStates states;
  private final BaseModel base;
  private final List<TunedExpert> experts = new ArrayList<>();
  private final Random random = new Random(13);

  ManyAdapters(PlatformFixture platform) {
    this.platform = platform;
    this.versions = platform.bean(Versions.class);
    this.states =
        new VersionStates(
            platform.bean(RegistryDatabase.class), platform.bean(Replicas.class).self());
    this.base = platform.bean(BaseModel.class);
    UUID owner = platform.bean(Tenants.class).get(Tenant.DEFAULT).id();
    for (String name : List.of("intent", "sql", "dates", "german")) {
      experts.addAll(versions.experts(versions.get(owner, name, 1).id()));
    }
  }

  /** A tenant with a key that may do everything but operate; the key's text. */
  String tenant(String name) {
    Tenant tenant = platform.bean(Tenants.class).create(ACTOR, name);
    EnumSet<Scope> scopes = EnumSet.of(Scope.INFERENCE, Scope.ADAPTERS);
    ApiKey.Issued issued =
        platform.bean(ApiKeys.class).create(ACTOR, tenant.id(), "first", scopes, null);
    return issued.text();
  }

  /** Adapters {@code prefix-0} and so on of a tenant, with so many versions each. */
  void fill(String tenant, String prefix, int adapters, int each) {
    UUID owner = platform.bean(Tenants.class).get(tenant).id();
    for (int i = 0; i < adapters; i++) {
      for (int number = 1; number <= each; number++) {
        ready(owner, prefix + "-" + i);
      }
      platform.bean(Publishing.class).publish(ACTOR, owner, prefix + "-" + i, each);
    }
  }

  /** So many hours of usage in the last days, of every version by its own tenant. */
  void use(String tenant, int hours) {
    for (int hour = 1; hour <= hours; hour++) {
      useWithin(tenant, hour);
    }
  }

  private void useWithin(String tenant, int hour) {
    platform
        .bean(RegistryDatabase.class)
        .write(jdbc ->
            jdbc.sql(
                    """
                    insert into usage_record (request_id, tenant_id, key_id, model,
                      version_tenant_id, version_id, outcome, prompt_tokens, cached_tokens,
                      completion_tokens, queued_micros, engine_micros, finished_at)
                    select gen_random_uuid(), t.id, k.id, 'm', v.tenant_id, v.id, 'stop', 100, 10,
                      50, 1000, 100000, now() - make_interval(hours => :hour * 7)
                    from tenant t
                      join adapter_version v on v.tenant_id = t.id and v.state = 'READY'
                      join lateral (select id from api_key k where k.tenant_id = t.id limit 1) k
                        on true
                    where t.name = :tenant
                    """)
                .param("tenant", tenant)
                .param("hour", hour)
                .update());
  }

  private void ready(UUID owner, String adapter) {
    Version version = versions.create(ACTOR, owner, adapter, base);
    version = states.beginValidation(ACTOR, version);
    Map<String, TunedExpert> own = new TreeMap<>();
    for (int i = 0; i < 12; i++) {
      TunedExpert expert = experts.get(random.nextInt(experts.size()));
      own.put(expert.layer() + " " + expert.column(), expert);
    }
    AdapterManifest manifest = AdapterManifest.of(base.digest(), own.values(), own.size() * 1000L);
    Map<Digest, Long> blobs = Map.of(); // those of the experts are there
    try (ExpertStore.Writing writing = platform.bean(ExpertStore.class).begin()) {
      writing.put(manifest);
      states.ready(
          ACTOR, version, manifest, new StoredVersion(manifest.digest(), blobs, List.of(), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
