package dev.heddle.registry.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.access.TenantLimits;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.snapshot.Authentication.Reason;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
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
  private static Version everyones1;
  private static Version withdrawn1;

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
    registry.grants.grant(TestRegistry.ACTOR, a.id(), "shared", b.name());
    everyones1 = registry.published(a, "everyones", 7);
    show("everyones", "public");
    alias("mix", Map.of(a1, 90, private1, 10));
    alias("both", Map.of(a1, 1, a2, 2));
    alias("news", Map.of(everyones1, 1));
    alias("void", Map.of());
    withdrawn1 = registry.published(c, "withdrawn", 8);
    registry.grants.grant(TestRegistry.ACTOR, c.id(), "withdrawn", b.name());
    show("withdrawn", "private");
  }

  private static void show(String adapter, String visibility) {
    registry.db.change(jdbc ->
        jdbc.sql("update adapter set visibility = ? where name = ?")
            .params(visibility, adapter)
            .update());
  }

  /** A free alias of a's. */
  private static void alias(String name, Map<Version, Integer> weights) {
    registry.db.change(jdbc -> {
      jdbc.sql("insert into callable_name (tenant_id, name, kind) values (?, ?, 'alias')")
          .params(a.id(), name)
          .update();
      jdbc.sql("insert into alias (tenant_id, name) values (?, ?)").params(a.id(), name).update();
      weights.forEach((version, weight) ->
          jdbc.sql(
                  "insert into alias_target (tenant_id, name, version_id, weight) values (?, ?, ?, ?)")
              .params(a.id(), name, version.id(), weight)
              .update());
      return name;
    });
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
      {"everyones", everyones1, null, null},
      {"a/everyones", everyones1, everyones1, everyones1},
      {"a/everyones@1", everyones1, everyones1, everyones1},
      {"mix", a1, null, null},
      {"a/mix", a1, null, null},
      {"both", a2, null, null},
      {"a/both", a2, a2, null},
      {"both@1", null, null, null},
      {"a/both@sha256:" + a1.digest(), null, null, null},
      {"news", everyones1, null, null},
      {"a/news", everyones1, everyones1, everyones1},
      {"void", null, null, null},
      {"withdrawn", null, null, withdrawn1},
      {"c/withdrawn", null, null, withdrawn1},
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
    assertThat(models(a))
        .containsExactly("tiny", "both", "everyones", "mix", "news", "private", "shared");
    assertThat(models(b))
        .containsExactly("tiny", "a/both", "a/everyones", "a/news", "a/shared", "shared");
    assertThat(models(c)).containsExactly("tiny", "a/everyones", "a/news", "withdrawn");
    for (Tenant tenant : List.of(a, b, c)) {
      for (ResolvedModel model : source.current().models(tenant.id())) {
        assertThat(source.current().resolve(tenant.id(), model.name())).contains(model);
      }
    }
  }

  @Test
  void several_versions_answer_one_name_each_key_always_by_the_same() {
    Set<UUID> answered = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      ResolvedModel first = resolve(a, "both", "user-" + i);
      assertThat(resolve(a, "both", "user-" + i)).isEqualTo(first);
      assertThat(resolve(a, "a/both", "user-" + i).version()).isEqualTo(first.version());
      answered.add(first.version().id());
    }
    assertThat(answered).containsExactlyInAnyOrder(a1.id(), a2.id());
  }

  @Test
  void what_answers_is_named_as_the_tenant_would_name_it() {
    assertThat(resolve(a, "both", "x").servedBy()).matches("shared@[12]");
    assertThat(resolve(a, "a/shared", "x").servedBy()).isEqualTo("shared@1");
    assertThat(resolve(b, "a/shared", "x").servedBy()).isEqualTo("a/shared@1");
    assertThat(resolve(b, "shared", "x").servedBy()).isEqualTo("shared@1");
    assertThat(resolve(b, "tiny", "x").servedBy()).isEqualTo("tiny");
    assertThat(resolve(b, "tiny", "x").baseId()).isEqualTo(registry.base.id());
  }

  @Test
  void a_tenants_limits_are_those_it_has_now() {
    TenantLimits limits = new TenantLimits(3, 10L, null, 2, null, null);
    assertThat(source.current().limits(a.id())).isEqualTo(TenantLimits.NONE);
    Tenant limited = registry.tenants.create(TestRegistry.ACTOR, "limited");
    registry.tenants.update(TestRegistry.ACTOR, "limited", limits, null);
    assertThat(source.current().limits(limited.id())).isEqualTo(limits);
  }

  private static ResolvedModel resolve(Tenant tenant, String name, String stickyKey) {
    return source.current().resolve(tenant.id(), name, stickyKey).orElseThrow();
  }

  @Test
  void a_grant_taken_back_is_gone_at_once() {
    registry.published(a, "lent", 6);
    registry.grants.grant(TestRegistry.ACTOR, a.id(), "lent", c.name());
    assertThat(meaning(c, "a/lent")).isNotNull();
    registry.grants.revoke(TestRegistry.ACTOR, a.id(), "lent", c.name());
    assertThat(meaning(c, "a/lent")).isNull();
    registry.publishing.unpublish(TestRegistry.ACTOR, a.id(), "lent", null);
    registry.adapters.archive(TestRegistry.ACTOR, a.id(), "lent", null);
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
  void a_disabled_tenants_keys_open_nothing_until_it_is_enabled() {
    Tenant shut = registry.tenants.create(TestRegistry.ACTOR, "shut");
    String key =
        registry
            .keys
            .create(TestRegistry.ACTOR, shut.id(), "its", Set.of(Scope.INFERENCE), null)
            .text();
    assertThat(registry.tenants.disable(TestRegistry.ACTOR, "shut").disabledAt()).isNotNull();

    assertThat(authenticate(key, Instant.now())).isEqualTo(denied(Reason.TENANT_DISABLED));
    assertThat(source.current().isDisabled(shut.id())).isTrue();

    registry.tenants.update(TestRegistry.ACTOR, "shut", TenantLimits.NONE, null);
    assertThat(registry.tenants.enable(TestRegistry.ACTOR, "shut").disabledAt()).isNull();
    assertThat(authenticate(key, Instant.now())).isInstanceOf(Authentication.Granted.class);
    assertThatThrownBy(() -> registry.tenants.disable(TestRegistry.ACTOR, Tenant.DEFAULT))
        .isInstanceOf(ConflictException.class);
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
