package dev.heddle.registry.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.snapshot.Authentication.Reason;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tenants a and b own adapters of the same names; a granted one of its own to b; c has nothing. */
class RegistrySnapshotTest {
  private static final String UNKNOWN_DIGEST = "0".repeat(64);

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private static SnapshotSource source;
  private static Tenant a;
  private static Tenant b;
  private static Tenant c;
  private static Version a1;
  private static Version a2;
  private static Version private1;
  private static Version b1;

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
    source = new SnapshotSource(registry.db, registry.base);
    a = registry.tenants.create(TestRegistry.ACTOR, "a");
    b = registry.tenants.create(TestRegistry.ACTOR, "b");
    c = registry.tenants.create(TestRegistry.ACTOR, "c");
    a1 = registry.published(a, "shared", 1);
    a2 = registry.ready(a, "shared", 2);
    private1 = registry.published(a, "private", 3);
    b1 = registry.published(b, "shared", 4);
    registry.ready(a, "unpublished", 5);
    registry.versions.create(TestRegistry.ACTOR, a.id(), "uploading", registry.base);
    registry.grants.grant(TestRegistry.ACTOR, a.id(), "shared", b);
  }

  @AfterAll
  static void close() {
    source.close();
    registry.close();
  }

  @Test
  void every_name_means_to_every_tenant_what_it_may_and_nothing_else() {
    String a2Digest = "@sha256:" + a2.digest();
    // name, then what it means to a, b and c
    Object[][] matrix = {
      {"tiny", "tiny", "tiny", "tiny"},
      {"shared", a1, b1, null},
      {"shared@1", a1, b1, null},
      {"shared@2", a2, null, null},
      {"shared@3", null, null, null},
      {"shared" + a2Digest, a2, null, null},
      {"shared@sha256:" + UNKNOWN_DIGEST, null, null, null},
      {"a/shared", a1, a1, null},
      {"a/shared@2", a2, a2, null},
      {"a/shared" + a2Digest, a2, a2, null},
      {"b/shared", null, b1, null},
      {"private", private1, null, null},
      {"a/private", private1, null, null},
      {"a/private@1", private1, null, null},
      {"a/private@sha256:" + private1.digest(), private1, null, null},
      {"unpublished", null, null, null},
      {"uploading", null, null, null},
      {"uploading@1", null, null, null},
      {"a/tiny", null, null, null},
      {"tiny@1", null, null, null},
      {"nobody/shared", null, null, null},
      {"shared@", null, null, null},
      {"shared@0", null, null, null},
      {"shared@01", null, null, null},
      {"shared@1x", null, null, null},
      {"shared@99999999999999999999", null, null, null},
      {"shared@sha256:", null, null, null},
      {"a/b/shared", null, null, null},
      {"/shared", null, null, null},
      {"SHARED", null, null, null},
      {"shared\n", null, null, null},
      {"", null, null, null},
    };
    List<Tenant> tenants = List.of(a, b, c);
    for (Object[] row : matrix) {
      for (int i = 0; i < tenants.size(); i++) {
        assertThat(meaning(tenants.get(i), (String) row[0]))
            .as("'%s' to %s", row[0], tenants.get(i).name())
            .isEqualTo(row[i + 1] instanceof Version version ? version.id() : row[i + 1]);
      }
    }
  }

  @Test
  void the_list_has_what_can_be_called_by_name() {
    assertThat(models(a)).containsExactly("tiny", "private", "shared");
    assertThat(models(b)).containsExactly("tiny", "a/shared", "shared");
    assertThat(models(c)).containsExactly("tiny");
    for (Tenant tenant : List.of(a, b, c)) {
      for (ResolvedModel model : source.current().models(tenant.id())) {
        assertThat(source.current().resolve(tenant.id(), model.name())).contains(model);
      }
    }
  }

  @Test
  void a_grant_taken_back_is_gone_at_once() {
    registry.published(a, "lent", 6);
    registry.grants.grant(TestRegistry.ACTOR, a.id(), "lent", c);
    assertThat(meaning(c, "a/lent")).isNotNull();
    registry.grants.revoke(TestRegistry.ACTOR, a.id(), "lent", c);
    assertThat(meaning(c, "a/lent")).isNull();
    registry.publishing.unpublish(TestRegistry.ACTOR, a.id(), "lent");
    registry.adapters.archive(TestRegistry.ACTOR, a.id(), "lent");
    assertThat(meaning(a, "lent@1")).isNull();
  }

  @Test
  void a_key_is_its_tenants_with_its_scopes_until_it_expires_or_is_revoked() {
    Instant expiry = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.MILLIS);
    ApiKey.Issued key =
        registry.keys.create(TestRegistry.ACTOR, b.id(), "b's", Set.of(Scope.INFERENCE), expiry);
    assertThat(authenticate(key.text(), Instant.now()))
        .isInstanceOfSatisfying(
            Authentication.Granted.class,
            granted -> {
              assertThat(granted.principal().tenantId()).isEqualTo(b.id());
              assertThat(granted.principal().scopes()).containsExactly(Scope.INFERENCE);
              assertThat(granted.principal().keyId()).isEqualTo(key.key().id());
            });
    assertThat(authenticate(key.text(), expiry)).isEqualTo(denied(Reason.EXPIRED));
    registry.keys.revoke(TestRegistry.ACTOR, b.id(), key.key().publicId());
    assertThat(authenticate(key.text(), Instant.now())).isEqualTo(denied(Reason.REVOKED));
  }

  @Test
  void a_key_that_was_not_issued_is_unknown_whatever_it_looks_like() {
    ApiKey.Issued key =
        registry.keys.create(TestRegistry.ACTOR, c.id(), "c's", Set.of(Scope.ADMIN), null);
    ApiKey.Issued other =
        registry.keys.create(TestRegistry.ACTOR, c.id(), "c's", Set.of(Scope.ADMIN), null);
    String mixed = "hdl_" + key.key().publicId() + other.text().substring("hdl_".length() + 12);
    for (String text : List.of("", "x", "bootstrap", key.text() + "x", mixed, "0".repeat(64))) {
      assertThat(authenticate(text, Instant.now())).as(text).isEqualTo(denied(Reason.UNKNOWN));
    }
  }

  private static Object meaning(Tenant tenant, String name) {
    return source
        .current()
        .resolve(tenant.id(), name)
        .<Object>map(model -> model.version() == null ? model.name() : model.version().id())
        .orElse(null);
  }

  private static List<String> models(Tenant tenant) {
    return source.current().models(tenant.id()).stream().map(ResolvedModel::name).toList();
  }

  private static Authentication authenticate(String text, Instant now) {
    return source.current().authenticate(text, now);
  }

  private static Authentication denied(Reason reason) {
    return new Authentication.Denied(reason);
  }
}
