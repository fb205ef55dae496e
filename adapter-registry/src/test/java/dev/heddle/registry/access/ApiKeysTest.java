package dev.heddle.registry.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Violation;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.audit.AuditEntry;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiKeysTest {
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @TempDir private static Path folder;
  private static TestRegistry registry;

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @Test
  void a_key_is_found_by_its_own_tenant_alone() {
    Tenant other = registry.tenants.create(TestRegistry.ACTOR, "other");
    ApiKey key = create("mine");

    assertThat(registry.keys.get(registry.tenant.id(), key.publicId())).isEqualTo(key);
    assertThatThrownBy(() -> registry.keys.get(other.id(), key.publicId()))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> registry.keys.revoke(TestRegistry.ACTOR, other.id(), key.publicId()))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void neither_text_nor_secret_of_a_key_is_in_the_audit_trail() {
    ApiKey.Issued issued =
        registry.keys.create(
            TestRegistry.ACTOR, registry.tenant.id(), "quiet", Set.of(Scope.ADAPTERS), null);
    registry.keys.revoke(TestRegistry.ACTOR, registry.tenant.id(), issued.key().publicId());

    String secret = KeyText.parse(issued.text()).orElseThrow().secret();
    assertThat(registry.audit.list(registry.tenant.id(), Page.Request.FIRST).items())
        .extracting(AuditEntry::toString)
        .noneMatch(entry -> entry.contains(secret))
        .anyMatch(entry -> entry.contains("key.revoke") && entry.contains("quiet"));
  }

  @Test
  void everything_wrong_with_a_key_is_named() {
    assertThatThrownBy(() ->
            registry.keys.create(
                TestRegistry.ACTOR, registry.tenant.id(), " ", Set.of(), Instant.EPOCH))
        .isInstanceOfSatisfying(
            InvalidException.class,
            e ->
                assertThat(e.violations())
                    .extracting(Violation::where)
                    .containsExactly("label", "scopes", "expires_at"));
  }

  @Test
  void uses_are_written_behind_and_once_a_minute_for_each_key() {
    ApiKey key = create("used");
    try (KeyUses uses = new KeyUses(registry.db)) {
      assertThat(uses.flush()).isZero();

      uses.record(key.id(), NOON);
      uses.record(key.id(), NOON.plusSeconds(1));
      assertThat(uses.flush()).isOne();
      assertThat(lastUse(key)).isEqualTo(NOON.plusSeconds(1));

      uses.record(key.id(), NOON.plusSeconds(60));
      assertThat(uses.flush()).isZero();
      uses.record(key.id(), NOON.plusSeconds(61));
      assertThat(uses.flush()).isOne();
      assertThat(lastUse(key)).isEqualTo(NOON.plusSeconds(61));
      assertThat(uses.flush()).isZero();
    }
  }

  @Test
  void a_later_use_seen_by_another_replica_stays() {
    ApiKey key = create("shared");
    try (KeyUses here = new KeyUses(registry.db);
        KeyUses there = new KeyUses(registry.db)) {
      there.record(key.id(), NOON.plusSeconds(5));
      there.flush();
      here.record(key.id(), NOON);
      here.flush();
    }
    assertThat(lastUse(key)).isEqualTo(NOON.plusSeconds(5));
  }

  @Test
  void uses_wait_while_the_database_is_away_and_are_written_when_the_platform_stops() {
    ApiKey key = create("patient");
    Instant used = Instant.now().truncatedTo(ChronoUnit.MICROS);
    try (KeyUses uses = new KeyUses(registry.db)) {
      uses.record(new UUID(0, 1), used); // of a key that is not there: nobody minds
      uses.record(key.id(), used);
    }
    assertThat(lastUse(key)).isEqualTo(used);
    TestRegistry gone = TestRegistry.in(folder.resolve("gone"));
    KeyUses uses = new KeyUses(gone.db);
    gone.close();
    uses.record(key.id(), used);
    assertThatThrownBy(uses::flush).isInstanceOf(UnavailableException.class);
    assertThatThrownBy(uses::flush).isInstanceOf(UnavailableException.class);
    uses.close();
  }

  private static ApiKey create(String label) {
    return registry
        .keys
        .create(TestRegistry.ACTOR, registry.tenant.id(), label, Set.of(Scope.INFERENCE), null)
        .key();
  }

  private static Instant lastUse(ApiKey key) {
    Instant at = registry.keys.get(registry.tenant.id(), key.publicId()).lastUsedAt();
    assertThat(at).isNotNull();
    return at;
  }
}
