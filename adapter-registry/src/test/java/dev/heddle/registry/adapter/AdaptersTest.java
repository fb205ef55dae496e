package dev.heddle.registry.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Violation;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.Page;
import dev.heddle.registry.PreconditionException;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of adapters, and whom they are for. */
class AdaptersTest {
  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private final String unique = "t-" + NAMES.incrementAndGet();
  private Tenant tenant;

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @BeforeEach
  void ownTenant() {
    tenant = registry.tenants.create(TestRegistry.ACTOR, unique);
  }

  @Test
  void an_adapter_can_be_made_before_its_first_version() {
    Adapter made =
        create("a", new AdapterChanges(Visibility.PUBLIC, "what", Map.of("k", "v"), Set.of()));

    assertThat(made)
        .returns(unique, Adapter::owner)
        .returns(Visibility.PUBLIC, Adapter::visibility)
        .returns("what", Adapter::description)
        .returns(Map.of("k", "v"), Adapter::labels)
        .returns(1L, Adapter::revision)
        .returns(null, Adapter::published);
    assertThat(
            registry.versions.create(TestRegistry.ACTOR, tenant.id(), "a", registry.base).number())
        .isEqualTo(1);
  }

  @Test
  void a_taken_name_is_not_used_again_archived_or_not() {
    create("a", AdapterChanges.NONE);
    assertConflict("name-taken", () -> create("a", AdapterChanges.NONE));
    registry.adapters.archive(TestRegistry.ACTOR, tenant.id(), "a", null);
    assertConflict("name-taken", () -> create("a", AdapterChanges.NONE));
    assertConflict("name-taken", () -> create(TestRegistry.BASE, AdapterChanges.NONE));
  }

  @Test
  void a_change_sets_what_it_names_and_counts_the_revision() {
    create("a", new AdapterChanges(null, "what", Map.of("k", "v", "gone", "x"), Set.of()));

    Adapter changed =
        update(new AdapterChanges(null, null, Map.of("new", "y"), Set.of("gone", "never")), 1L);

    assertThat(changed)
        .returns("what", Adapter::description)
        .returns(Map.of("k", "v", "new", "y"), Adapter::labels)
        .returns(2L, Adapter::revision);
    assertThat(
            update(new AdapterChanges(Visibility.PRIVATE, "what", Map.of(), Set.of()), null)
                .revision())
        .isEqualTo(2);
    assertThatThrownBy(() -> update(new AdapterChanges(null, "other", Map.of(), Set.of()), 1L))
        .isInstanceOf(PreconditionException.class);
    assertThat(registry.adapters.get(tenant.id(), "a")).isEqualTo(changed);
  }

  @Test
  void everything_wrong_with_a_description_and_labels_is_named_at_once() {
    Map<String, String> labels = new HashMap<>();
    labels.put("Big", "x");
    labels.put("k", "v".repeat(AdapterChanges.LABEL_VALUE_MAX + 1));
    for (int i = 0; i < AdapterChanges.LABELS_MAX; i++) {
      labels.put("label-" + i, "x");
    }

    assertThatThrownBy(() -> create("a", new AdapterChanges(null, "nul \u0000", labels, Set.of())))
        .isInstanceOfSatisfying(
            InvalidException.class,
            e ->
                assertThat(e.violations())
                    .extracting(Violation::code)
                    .containsExactlyInAnyOrder(
                        "description", "label-key", "label-value", "label-count"));
    create("a", AdapterChanges.NONE); // the name was not taken
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"text\"]", "{\"a\": 1}", "{\"a\": [\"b\"]}", "{\"a\": null}"})
  void the_database_itself_takes_no_labels_but_text(String labels) {
    create("a", AdapterChanges.NONE);

    assertThatThrownBy(() ->
            registry.db.write(jdbc ->
                jdbc.sql("update adapter set labels = cast(:labels as jsonb) where name = 'a'")
                    .param("labels", labels)
                    .update()))
        .rootCause()
        .hasMessageContaining("violates check constraint");
  }

  @Test
  void lists_are_filtered_by_labels_and_by_the_beginning_of_the_name() {
    create(
        "sql-b",
        new AdapterChanges(null, null, Map.of("team", "search", "stage", "live"), Set.of()));
    create("sql-a", new AdapterChanges(null, null, Map.of("team", "search"), Set.of()));
    create("sq", new AdapterChanges(null, null, Map.of("team", "ads"), Set.of()));

    assertThat(list("sql", Map.of())).containsExactly("sql-a", "sql-b");
    assertThat(list("", Map.of("team", "search"))).containsExactly("sql-a", "sql-b");
    assertThat(list("", Map.of("team", "search", "stage", "live"))).containsExactly("sql-b");
    assertThat(list("s%", Map.of())).isEmpty();
  }

  private List<String> list(String prefix, Map<String, String> labels) {
    return registry
        .adapters
        .list(tenant.id(), new AdapterFilter(prefix, labels), Page.Request.FIRST)
        .items()
        .stream()
        .map(Adapter::name)
        .toList();
  }

  private Adapter create(String name, AdapterChanges first) {
    return registry.adapters.create(TestRegistry.ACTOR, tenant.id(), name, registry.base, first);
  }

  private Adapter update(AdapterChanges changes, @Nullable Long revision) {
    return registry.adapters.update(TestRegistry.ACTOR, tenant.id(), "a", changes, revision);
  }

  private static void assertConflict(String code, Runnable change) {
    assertThatThrownBy(change::run)
        .isInstanceOfSatisfying(ConflictException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
