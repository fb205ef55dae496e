package dev.heddle.registry.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Violation;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.PreconditionException;
import dev.heddle.registry.audit.AuditEntry;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TenantsTest {
  private static final TenantLimits SOME = new TenantLimits(3, 60L, 10_000L, 4, 1L << 40, 0);

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private static Tenants tenants;

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
    tenants = registry.tenants;
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @Test
  void a_tenant_has_an_equal_share_and_no_limits_unless_told() {
    Tenant tenant = tenants.create(TestRegistry.ACTOR, "plain");

    assertThat(tenant.limits()).isEqualTo(TenantLimits.NONE);
    assertThat(tenant.revision()).isEqualTo(1);
    assertThat(tenants.get("plain")).isEqualTo(tenant);
  }

  @Test
  void limits_are_kept_and_each_change_is_one_revision_and_one_audit_entry() {
    Tenant created = tenants.create(TestRegistry.ACTOR, "limited", SOME);
    assertThat(created.limits()).isEqualTo(SOME);

    Tenant changed = tenants.update(TestRegistry.ACTOR, "limited", TenantLimits.NONE, 1L);
    Tenant same = tenants.update(TestRegistry.ACTOR, "limited", TenantLimits.NONE, 2L);

    assertThat(changed.limits()).isEqualTo(TenantLimits.NONE);
    assertThat(changed.revision()).isEqualTo(2);
    assertThat(same).isEqualTo(changed);
    assertThat(registry.audit.list(created.id(), Page.Request.FIRST).items())
        .extracting(AuditEntry::action)
        .containsExactly("tenant.update", "tenant.create");
    AuditEntry entry = registry.audit.list(created.id(), Page.Request.FIRST).items().getFirst();
    assertThat(entry.before()).contains("\"weight\": 3", "\"stored_bytes\": 1099511627776");
    assertThat(entry.after()).contains("\"weight\": 1", "\"stored_bytes\": null");
  }

  @Test
  void a_change_made_for_another_revision_is_refused() {
    Tenant created = tenants.create(TestRegistry.ACTOR, "moving", SOME);
    tenants.update(TestRegistry.ACTOR, "moving", TenantLimits.NONE, null);

    assertThatThrownBy(() -> tenants.update(TestRegistry.ACTOR, "moving", SOME, created.revision()))
        .isInstanceOf(PreconditionException.class)
        .hasMessageContaining("revision 2");
    assertThat(tenants.get("moving").limits()).isEqualTo(TenantLimits.NONE);
  }

  @Test
  void of_changes_made_at_once_for_one_revision_one_is_done() throws Exception {
    tenants.create(TestRegistry.ACTOR, "contested");
    AtomicInteger done = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int weight = 2; weight < 10; weight++) {
        TenantLimits limits = new TenantLimits(weight, null, null, null, null, null);
        threads.execute(() -> {
          try {
            tenants.update(TestRegistry.ACTOR, "contested", limits, 1L);
            done.incrementAndGet();
          } catch (PreconditionException e) {
            refused.incrementAndGet();
          }
        });
      }
    }
    assertThat(done).hasValue(1);
    assertThat(refused).hasValue(7);
    assertThat(tenants.get("contested").revision()).isEqualTo(2);
  }

  @Test
  void every_limit_out_of_range_is_named() {
    assertThatThrownBy(() -> new TenantLimits(0, -1L, -1L, -1, -1L, -1))
        .isInstanceOfSatisfying(
            InvalidException.class,
            e ->
                assertThat(e.violations())
                    .extracting(Violation::where)
                    .containsExactly(
                        "weight",
                        "requests_per_minute",
                        "tokens_per_minute",
                        "concurrent_sequences",
                        "stored_bytes",
                        "resident_slots"));
  }

  @Test
  void names_are_unique_and_keep_the_rule() {
    tenants.create(TestRegistry.ACTOR, "once");

    assertThatThrownBy(() -> tenants.create(TestRegistry.ACTOR, "once"))
        .isInstanceOf(ConflictException.class);
    assertThatThrownBy(() -> tenants.create(TestRegistry.ACTOR, "Not a name"))
        .isInstanceOf(InvalidException.class);
    assertThatThrownBy(() -> tenants.update(TestRegistry.ACTOR, "nobody", SOME, null))
        .isInstanceOf(NotFoundException.class);
  }
}
