package dev.heddle.registry.residency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.audit.AuditEntry;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinsTest {
  @TempDir Path folder;

  @Test
  void a_pin_is_kept_over_a_restart_and_audited_once() {
    try (TestRegistry first = TestRegistry.in(folder)) {
      Version version = first.ready(first.tenant, "a", 1);
      new Pins(first.db).pin(TestRegistry.ACTOR, version);
      new Pins(first.db).pin(TestRegistry.ACTOR, version);
      try (TestRegistry second = first.restart()) {
        Pins pins = new Pins(second.db);
        assertThat(pins.digests()).containsExactly(version.digest());
        pins.unpin(TestRegistry.ACTOR, version);
        pins.unpin(TestRegistry.ACTOR, version);
        assertThat(pins.digests()).isEmpty();
        assertThat(actions(second)).containsExactly("version.unpin", "version.pin");
      }
    }
  }

  @Test
  void who_shares_an_adapter_keeps_its_own_pin() {
    try (TestRegistry registry = TestRegistry.in(folder)) {
      Pins pins = new Pins(registry.db);
      Tenant other = registry.tenants.create(TestRegistry.ACTOR, "other");
      Version mine = registry.ready(registry.tenant, "a", 1);
      Version theirs = registry.ready(other, "b", 1);
      assertThat(mine.digest()).isEqualTo(theirs.digest());
      pins.pin(TestRegistry.ACTOR, mine);
      pins.pin(TestRegistry.ACTOR, theirs);

      pins.unpin(TestRegistry.ACTOR, mine);

      assertThat(pins.digests()).containsExactly(theirs.digest());
      assertThat(pins.list()).extracting(Holder::version).containsExactly("b@1");
      assertThat(pins.holders(List.of(mine.digest())))
          .extracting(Holder::tenant, Holder::version, Holder::pinned)
          .containsExactlyInAnyOrder(
              org.assertj.core.groups.Tuple.tuple("default", "a@1", false),
              org.assertj.core.groups.Tuple.tuple("other", "b@1", true));
    }
  }

  @Test
  void archiving_ends_a_pin_and_what_is_not_ready_takes_none() {
    try (TestRegistry registry = TestRegistry.in(folder)) {
      Pins pins = new Pins(registry.db);
      Version ready = registry.ready(registry.tenant, "a", 1);
      pins.pin(TestRegistry.ACTOR, ready);
      Version archived =
          registry.versions.archive(TestRegistry.ACTOR, registry.tenant.id(), "a", 1);
      assertThat(pins.digests()).isEmpty();

      Version uploading =
          registry.versions.create(TestRegistry.ACTOR, registry.tenant.id(), "a", registry.base);
      for (Version version : List.of(archived, uploading, ready)) { // the last: seen before
        assertThatThrownBy(() -> pins.pin(TestRegistry.ACTOR, version))
            .isInstanceOfSatisfying(
                ConflictException.class, e -> assertThat(e.code()).isEqualTo("version-state"));
      }
    }
  }

  private static List<String> actions(TestRegistry registry) {
    return registry.audit.list(registry.tenant.id(), Page.Request.FIRST).items().stream()
        .map(AuditEntry::action)
        .filter(action -> action.contains("pin"))
        .toList();
  }
}
