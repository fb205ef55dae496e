package dev.heddle.registry.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Violation;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.PreconditionException;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.audit.AuditEntry;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AliasesTest {
  private static final AtomicInteger NAMES = new AtomicInteger();
  private static final String ONE = "one";
  private static final String TWO = "two";

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private static UUID tenant;
  private final String name = "alias-" + NAMES.incrementAndGet();

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
    tenant = registry.tenant.id();
    for (int i = 0; i < 3; i++) {
      registry.ready(registry.tenant, ONE, 1);
      registry.ready(registry.tenant, TWO, 2);
    }
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @Test
  void a_name_means_weighted_versions_of_any_adapters() {
    Aliases.Put put = put(Map.of(ONE + "@1", 90, TWO + "@2", 10), null);

    assertThat(put.created()).isTrue();
    assertThat(put.alias().revision()).isEqualTo(1);
    assertThat(put.alias().isAdapter()).isFalse();
    assertThat(weights(registry.aliases.get(tenant, name).targets()))
        .isEqualTo(Map.of(ONE + "@1", 90, TWO + "@2", 10));
  }

  @Test
  void putting_what_a_name_means_already_changes_nothing() {
    put(Map.of(ONE + "@1", 2), null);
    long entries = auditOf(name).size();

    Aliases.Put again = put(Map.of(ONE + "@1", 2), null);

    assertThat(again.created()).isFalse();
    assertThat(again.alias().revision()).isEqualTo(1);
    assertThat(auditOf(name)).hasSize((int) entries);
    assertThat(put(Map.of(ONE + "@1", 3), null).alias().revision()).isEqualTo(2);
  }

  @Test
  void a_change_made_for_another_revision_changes_nothing() {
    assertPrecondition(() -> put(Map.of(ONE + "@1", 1), 1L));
    assertThatThrownBy(() -> registry.aliases.get(tenant, name))
        .isInstanceOf(NotFoundException.class);
    put(Map.of(ONE + "@1", 1), 0L);
    put(Map.of(ONE + "@2", 1), 1L);

    assertPrecondition(() -> put(Map.of(ONE + "@3", 1), 1L));
    assertPrecondition(() -> put(Map.of(ONE + "@3", 1), 0L));
    assertPrecondition(() -> delete(1L));
    assertPrecondition(() -> rollback(null, 1L));
    assertThat(meaning()).isEqualTo(Map.of(ONE + "@2", 1));
    assertThat(revisions()).containsExactly(2L, 1L);
  }

  @Test
  void everything_wrong_with_targets_is_named_at_once() {
    assertViolations(Map.of(), "target-count");
    assertViolations(
        IntStream.rangeClosed(1, Aliases.TARGETS_MAX + 1)
            .boxed()
            .collect(Collectors.toMap(i -> ONE + "@" + i, i -> 0)),
        "target-count",
        "weight");
    assertViolations(Map.of(ONE + "@9", 1, "nobody@1", 1, ONE + "@1", 1), "version-not-found");
    assertThatThrownBy(() -> registry.aliases.get(tenant, name))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void a_version_that_is_not_ready_is_no_target() {
    registry.versions.create(TestRegistry.ACTOR, tenant, name, registry.base);

    assertThatThrownBy(() ->
            registry.aliases.put(
                TestRegistry.ACTOR, tenant, name + "-x", given(Map.of(name + "@1", 1)), null))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining(name + "@1 is UPLOADING");
  }

  @Test
  void another_tenants_versions_do_not_exist() {
    Tenant other = registry.tenants.create(TestRegistry.ACTOR, name);

    assertThatThrownBy(() ->
            registry.aliases.put(
                TestRegistry.ACTOR, other.id(), "x", given(Map.of(ONE + "@1", 1)), null))
        .isInstanceOfSatisfying(
            InvalidException.class,
            e ->
                assertThat(e.violations())
                    .extracting(Violation::code)
                    .containsExactly("version-not-found"));
  }

  @Test
  void an_adapters_own_name_is_an_alias_of_its_own_versions_only() {
    registry.ready(registry.tenant, name, 1);
    registry.ready(registry.tenant, name, 2);
    long before = registry.adapters.get(tenant, name).revision();

    Alias own = put(Map.of(name + "@1", 9, name + "@2", 1), null).alias();

    assertThat(own.isAdapter()).isTrue();
    assertThat(registry.adapters.get(tenant, name).published()).isEqualTo(1);
    assertThat(registry.adapters.get(tenant, name).revision()).isEqualTo(before + 1);
    assertViolations(Map.of(name + "@1", 1, ONE + "@1", 1), "foreign-version");
    UUID foreign = registry.versions.get(tenant, ONE, 1).id();
    assertThatThrownBy(() ->
            registry.db.write(jdbc ->
                jdbc.sql(
                        """
                        insert into alias_target (tenant_id, name, version_id)
                        values (:tenant, :name, :version)
                        """)
                    .param("tenant", tenant)
                    .param("name", name)
                    .param("version", foreign)
                    .update()))
        .isInstanceOfSatisfying(
            ConflictException.class, e -> assertThat(e.code()).isEqualTo("foreign-version"));
  }

  @Test
  void a_base_models_name_is_no_alias() {
    assertThatThrownBy(() ->
            registry.aliases.put(
                TestRegistry.ACTOR, tenant, TestRegistry.BASE, given(Map.of(ONE + "@1", 1)), null))
        .isInstanceOfSatisfying(
            ConflictException.class, e -> assertThat(e.code()).isEqualTo("name-taken"));
  }

  @Test
  void a_deleted_name_means_nothing_stays_taken_and_can_be_brought_back() {
    put(Map.of(ONE + "@1", 1), null);
    Alias deleted = delete(null);

    assertThat(deleted.targets()).isEmpty();
    assertThat(delete(null).revision()).isEqualTo(deleted.revision());
    assertThat(registry.aliases.list(tenant, new Page.Request(1000, null)).items())
        .extracting(Alias::name)
        .doesNotContain(name);
    assertThatThrownBy(
            () -> registry.versions.create(TestRegistry.ACTOR, tenant, name, registry.base))
        .isInstanceOf(ConflictException.class);
    assertThat(weights(rollback(null, null).targets())).isEqualTo(Map.of(ONE + "@1", 1));
  }

  @Test
  void a_rollback_goes_further_back_each_time_and_a_revision_leads_forward_again() {
    for (int number = 1; number <= 3; number++) {
      put(Map.of(ONE + "@" + number, 1), null);
    }

    assertThat(weights(rollback(null, null).targets())).isEqualTo(Map.of(ONE + "@2", 1));
    assertThat(weights(rollback(null, null).targets())).isEqualTo(Map.of(ONE + "@1", 1));
    assertConflict("nothing-before", () -> rollback(null, null));
    assertThat(weights(rollback(4L, null).targets())).isEqualTo(Map.of(ONE + "@2", 1));
    assertThat(weights(rollback(null, null).targets())).isEqualTo(Map.of(ONE + "@1", 1));
    assertThat(weights(rollback(3L, null).targets())).isEqualTo(Map.of(ONE + "@3", 1));
    assertConflict("revision-unknown", () -> rollback(99L, null));
    assertThat(registry.aliases.history(tenant, name, Page.Request.FIRST).items())
        .extracting(AliasRevision::restores)
        .containsExactly(3L, 1L, 2L, 1L, 2L, null, null, null);
  }

  @Test
  void a_rollback_after_a_new_setting_returns_to_what_the_name_meant_just_before() {
    put(Map.of(ONE + "@1", 1), null);
    put(Map.of(ONE + "@2", 1), null); // bad
    rollback(null, null);
    put(Map.of(ONE + "@3", 1), null); // bad too

    assertThat(weights(rollback(null, null).targets())).isEqualTo(Map.of(ONE + "@1", 1));
    assertConflict("nothing-before", () -> rollback(null, null));
  }

  @Test
  void a_rollback_to_an_archived_version_names_it_and_changes_nothing() {
    registry.published(registry.tenant, name, 1);
    registry.published(registry.tenant, name, 2);
    registry.versions.archive(TestRegistry.ACTOR, tenant, name, 1);

    assertThatThrownBy(
            () -> registry.publishing.rollback(TestRegistry.ACTOR, tenant, name, null, null))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining(name + "@1 is ARCHIVED");
    assertThat(meaning()).isEqualTo(Map.of(name + "@2", 1));
  }

  @Test
  void what_any_name_means_cannot_be_archived_and_the_error_names_the_names() {
    registry.ready(registry.tenant, name, 1);
    String first = name + "-a";
    String second = name + "-b";
    for (String alias : List.of(first, second)) {
      registry.aliases.put(
          TestRegistry.ACTOR, tenant, alias, given(Map.of(name + "@1", 1, ONE + "@1", 1)), null);
    }

    assertThatThrownBy(() -> registry.versions.archive(TestRegistry.ACTOR, tenant, name, 1))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining(first + ", " + second);
    assertThatThrownBy(() -> registry.adapters.archive(TestRegistry.ACTOR, tenant, name, null))
        .isInstanceOf(ConflictException.class)
        .hasMessageContaining(first + ", " + second);
    registry.aliases.delete(TestRegistry.ACTOR, tenant, first, null);
    registry.aliases.put(TestRegistry.ACTOR, tenant, second, given(Map.of(ONE + "@1", 1)), null);
    assertThat(registry.adapters.archive(TestRegistry.ACTOR, tenant, name, null).archivedAt())
        .isNotNull();
  }

  @Test
  void every_change_is_in_the_audit_trail_with_all_targets_before_and_after() {
    put(Map.of(ONE + "@1", 1), null);
    put(Map.of(ONE + "@2", 3, TWO + "@1", 1), null);
    rollback(null, null);
    delete(null);

    assertThat(auditOf(name).reversed())
        .extracting(AuditEntry::action)
        .containsExactly("alias.put", "alias.put", "alias.rollback", "alias.delete");
    assertThat(auditOf(name).get(1).before())
        .isEqualTo(
            "{\"targets\": [{\"weight\": 3, \"version\": \"one@2\"},"
                + " {\"weight\": 1, \"version\": \"two@1\"}], \"revision\": 2}");
    assertThat(auditOf(name).getFirst().after()).isEqualTo("{\"targets\": [], \"revision\": 4}");
  }

  @Test
  void names_that_mean_something_come_in_pages() {
    Tenant other = registry.tenants.create(TestRegistry.ACTOR, name);
    registry.published(other, "m", 1);
    for (String alias : List.of("z", "a", "n")) {
      registry.aliases.put(TestRegistry.ACTOR, other.id(), alias, given(Map.of("m@1", 1)), null);
    }

    Page<Alias> first = registry.aliases.list(other.id(), new Page.Request(3, null));
    Page<Alias> rest = registry.aliases.list(other.id(), new Page.Request(3, first.next()));

    assertThat(first.items()).extracting(Alias::name).containsExactly("a", "m", "n");
    assertThat(rest.items()).extracting(Alias::name).containsExactly("z");
    assertThat(rest.next()).isNull();
  }

  private Aliases.Put put(Map<String, Integer> targets, @Nullable Long revision) {
    return registry.aliases.put(TestRegistry.ACTOR, tenant, name, given(targets), revision);
  }

  private Alias delete(@Nullable Long revision) {
    return registry.aliases.delete(TestRegistry.ACTOR, tenant, name, revision);
  }

  private Alias rollback(@Nullable Long to, @Nullable Long revision) {
    return registry.aliases.rollback(TestRegistry.ACTOR, tenant, name, to, revision);
  }

  private Map<String, Integer> meaning() {
    return weights(registry.aliases.get(tenant, name).targets());
  }

  private List<Long> revisions() {
    return registry.aliases.history(tenant, name, Page.Request.FIRST).items().stream()
        .map(AliasRevision::revision)
        .toList();
  }

  private static Map<VersionName, Integer> given(Map<String, Integer> targets) {
    return targets.entrySet().stream()
        .collect(
            Collectors.toMap(
                target -> VersionName.parse(target.getKey()).orElseThrow(), Map.Entry::getValue));
  }

  private static Map<String, Integer> weights(List<AliasTarget> targets) {
    return targets.stream().collect(Collectors.toMap(AliasTarget::label, AliasTarget::weight));
  }

  private static List<AuditEntry> auditOf(String subject) {
    return registry.audit.list(tenant, new Page.Request(1000, null)).items().stream()
        .filter(entry -> entry.subject().equals(subject))
        .toList();
  }

  private void assertViolations(Map<String, Integer> targets, String... codes) {
    assertThatThrownBy(() -> put(targets, null))
        .isInstanceOfSatisfying(
            InvalidException.class,
            e -> assertThat(e.violations()).extracting(Violation::code).containsOnly(codes));
  }

  private static void assertPrecondition(Runnable change) {
    assertThatThrownBy(change::run).isInstanceOf(PreconditionException.class);
  }

  private static void assertConflict(String code, Runnable change) {
    assertThatThrownBy(change::run)
        .isInstanceOfSatisfying(ConflictException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
