package dev.heddle.registry.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Violation;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.audit.AuditEntry;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VersionsTest {
  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private final String name = "adapter-" + NAMES.incrementAndGet();

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @Test
  void numbers_count_from_one_for_each_adapter() {
    assertThat(create(name).label()).isEqualTo(name + "@1");
    assertThat(create(name).number()).isEqualTo(2);
    assertThat(create(name + "-other").number()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "-a", ".a", "a/b", "a b", "a@1", "ä", "a\n"})
  void a_name_outside_the_rule_is_refused(String bad) {
    assertThatThrownBy(() -> create(bad)).isInstanceOf(InvalidException.class);
  }

  @Test
  void a_name_of_64_characters_is_refused_and_one_of_63_is_not() {
    assertThat(create("x".repeat(63)).number()).isEqualTo(1);
    assertThatThrownBy(() -> create("x".repeat(64))).isInstanceOf(InvalidException.class);
  }

  @Test
  void the_base_models_name_is_taken_in_every_tenant() {
    Tenant later = registry.tenants.create(TestRegistry.ACTOR, name);
    for (Tenant tenant : List.of(registry.tenant, later)) {
      assertConflict(
          "name-taken",
          () ->
              registry.versions.create(
                  TestRegistry.ACTOR, tenant.id(), TestRegistry.BASE, registry.base));
    }
  }

  @Test
  void two_tenants_may_use_one_name_and_do_not_see_each_other() {
    Tenant other = registry.tenants.create(TestRegistry.ACTOR, name);
    create(name);
    assertThatThrownBy(() -> registry.adapters.get(other.id(), name))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> registry.versions.get(other.id(), name, 1))
        .isInstanceOf(NotFoundException.class);
    registry.versions.create(TestRegistry.ACTOR, other.id(), name, registry.base);
    assertThat(registry.adapters.get(other.id(), name).id())
        .isNotEqualTo(registry.adapters.get(registry.tenant.id(), name).id());
  }

  @Test
  void only_a_ready_version_is_published() {
    Version version = create(name);
    assertConflict("version-not-ready", () -> publish(1));
    registry.states.beginValidation(TestRegistry.ACTOR, version);
    assertConflict("version-not-ready", () -> publish(1));
  }

  @Test
  void a_step_from_a_state_that_is_over_is_a_conflict() {
    Version version = create(name);
    Version validating = registry.states.beginValidation(TestRegistry.ACTOR, version);
    assertConflict(
        "version-state", () -> registry.states.beginValidation(TestRegistry.ACTOR, version));
    List<Violation> report = List.of(new Violation("code", "where", "what"));
    Version rejected = registry.states.reject(TestRegistry.ACTOR, validating, report);
    assertThat(rejected.report()).isEqualTo(report);
    assertConflict("version-taken", () -> registry.states.reopen(validating));
    assertConflict(
        "version-taken", () -> registry.states.reject(TestRegistry.ACTOR, validating, report));
  }

  @Test
  void the_database_itself_keeps_what_is_stored() {
    Version version = registry.published(registry.tenant, name, 1);
    for (String change :
        List.of(
            "update adapter_version set state = 'UPLOADING' where id = :id",
            "update adapter_version set bytes = bytes + 1 where id = :id",
            "update adapter_version set state = 'ARCHIVED' where id = :id",
            "insert into version_expert select id, tenant_id, 0, 0, digest"
                + " from adapter_version where id = :id")) {
      assertThatThrownBy(
              () -> registry.db.write(jdbc -> jdbc.sql(change).param("id", version.id()).update()))
          .as(change)
          .isInstanceOf(ConflictException.class);
    }
  }

  @Test
  void what_is_published_cannot_be_archived_and_a_name_is_not_used_twice() {
    registry.published(registry.tenant, name, 1);
    registry.ready(registry.tenant, name, 2);
    assertConflict("version-published", () -> archive(1));
    assertConflict(
        "adapter-published",
        () -> registry.adapters.archive(TestRegistry.ACTOR, registry.tenant.id(), name, null));
    publish(2);
    assertThat(archive(1).state()).isEqualTo(VersionState.ARCHIVED);
    assertThat(archive(1).state()).isEqualTo(VersionState.ARCHIVED);
    assertConflict("version-not-ready", () -> publish(1));
    registry.publishing.unpublish(TestRegistry.ACTOR, registry.tenant.id(), name, null);
    registry.adapters.archive(TestRegistry.ACTOR, registry.tenant.id(), name, null);
    assertThat(registry.versions.get(registry.tenant.id(), name, 2).state())
        .isEqualTo(VersionState.ARCHIVED);
    assertConflict("adapter-archived", () -> create(name));
  }

  @Test
  void publishing_has_a_history_and_every_change_an_audit_entry() {
    registry.published(registry.tenant, name, 1);
    registry.published(registry.tenant, name, 2);
    publish(2);
    publish(1);
    assertThat(registry.aliases.history(registry.tenant.id(), name, Page.Request.FIRST).items())
        .extracting(VersionsTest::numbers)
        .containsExactly(List.of(1), List.of(2), List.of(1), List.of());
    List<AuditEntry> entries =
        registry.audit.list(registry.tenant.id(), Page.Request.FIRST).items().stream()
            .filter(entry -> entry.subject().matches(name + "(@.*)?"))
            .toList();
    assertThat(entries.reversed())
        .extracting(AuditEntry::action)
        .containsExactly(
            "adapter.create",
            "version.create",
            "version.state",
            "version.state",
            "adapter.publish",
            "version.create",
            "version.state",
            "version.state",
            "adapter.publish",
            "adapter.publish");
    assertThat(entries.getFirst())
        .returns(meaning(3, name + "@2"), AuditEntry::before)
        .returns(meaning(4, name + "@1"), AuditEntry::after)
        .returns("test", AuditEntry::actor);
  }

  @Test
  void a_refused_change_leaves_no_audit_entry() {
    create(name);
    int before =
        registry.audit.list(registry.tenant.id(), new Page.Request(1000, null)).items().size();
    assertThatThrownBy(() -> publish(1)).isInstanceOf(RegistryException.class);
    assertThat(registry.audit.list(registry.tenant.id(), new Page.Request(1000, null)).items())
        .hasSize(before);
  }

  @Test
  void pages_join_to_the_whole_list() {
    for (int i = 0; i < 7; i++) {
      create(name);
    }
    List<Integer> numbers = new ArrayList<>();
    Page<Version> page = new Page<>(List.of(), null);
    do {
      page = registry.versions.list(registry.tenant.id(), name, new Page.Request(3, page.next()));
      page.items().forEach(version -> numbers.add(version.number()));
    } while (page.next() != null);
    assertThat(numbers).containsExactly(7, 6, 5, 4, 3, 2, 1);
    assertThatThrownBy(() ->
            registry.versions.list(
                registry.tenant.id(), name, new Page.Request(3, "'; drop table")))
        .isInstanceOf(InvalidException.class);
  }

  private static List<Integer> numbers(AliasRevision entry) {
    return entry.targets().stream().map(AliasTarget::number).toList();
  }

  private static String meaning(int revision, String version) {
    return "{\"targets\": [{\"weight\": 1, \"version\": \"%s\"}], \"revision\": %d}"
        .formatted(version, revision);
  }

  private Version create(String adapter) {
    return registry.versions.create(
        TestRegistry.ACTOR, registry.tenant.id(), adapter, registry.base);
  }

  private void publish(int number) {
    registry.publishing.publish(TestRegistry.ACTOR, registry.tenant.id(), name, number);
  }

  private Version archive(int number) {
    return registry.versions.archive(TestRegistry.ACTOR, registry.tenant.id(), name, number);
  }

  private static void assertConflict(String code, Runnable change) {
    assertThatThrownBy(change::run)
        .isInstanceOfSatisfying(ConflictException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
