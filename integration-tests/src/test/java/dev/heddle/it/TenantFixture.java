package dev.heddle.it;

import dev.heddle.app.quota.Consumption;
import dev.heddle.app.quota.QuotaGate;
import dev.heddle.registry.Actor;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.access.TenantLimits;
import dev.heddle.registry.access.Tenants;
import dev.heddle.registry.adapter.Grants;
import dev.heddle.registry.db.RegistryDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicInteger;

/** A tenant of a test's own, with a key for inference and its adapters. */
final class TenantFixture {
  private static final Actor ACTOR = new Actor("test");
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final PlatformFixture platform;
  private final RegistryDatabase database;
  private final Tenant tenant;
  private final String key;

  TenantFixture(PlatformFixture platform, TenantLimits limits) {
    this.platform = platform;
    this.database = platform.bean(RegistryDatabase.class);
    this.tenant = new Tenants(database).create(ACTOR, "tenant-" + COUNT.incrementAndGet(), limits);
    this.key =
        new ApiKeys(database)
            .create(ACTOR, tenant.id(), "key", EnumSet.of(Scope.INFERENCE, Scope.ADAPTERS), null)
            .text();
  }

  String name() {
    return tenant.name();
  }

  /** Lets the tenant call an adapter of the tenant that the platform's adapters belong to. */
  TenantFixture granted(String adapter) {
    Tenant owner = new Tenants(database).get(Tenant.DEFAULT);
    new Grants(database).grant(ACTOR, owner.id(), adapter, tenant.name());
    return this;
  }

  /** What the tenant uses now. */
  Consumption consumption() {
    return platform.bean(QuotaGate.class).latest(tenant.id()).block();
  }

  HttpRequest.Builder jsonPost(String path, String json) {
    return platform.jsonPost(path, json).setHeader("Authorization", "Bearer " + key);
  }

  HttpResponse<String> post(String path, String json) {
    return PlatformFixture.send(jsonPost(path, json).build());
  }

  HttpResponse<String> get(String path, String accept) {
    return PlatformFixture.send(
        platform
            .request(path)
            .setHeader("Authorization", "Bearer " + key)
            .setHeader("Accept", accept)
            .build());
  }
}
