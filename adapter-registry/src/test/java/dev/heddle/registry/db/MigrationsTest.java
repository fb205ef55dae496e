package dev.heddle.registry.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.registry.testing.TestDatabase;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsTest {
  @Test
  void an_empty_database_becomes_the_registry_and_opening_it_again_changes_nothing() {
    DatabaseSettings settings = TestDatabase.fresh();
    for (int open = 0; open < 2; open++) {
      try (RegistryDatabase db = RegistryDatabase.open(settings)) {
        List<String> versions =
            db.read(jdbc -> jdbc.sql("select count(*) from tenant").query(String.class).list());
        assertThat(versions).containsExactly("0");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete from audit",
        "update audit set actor = 'nobody'",
        "truncate audit",
        "update usage_record set prompt_tokens = 0",
        "delete from usage_record",
        "update alias_history set changed_by = 'nobody'",
        "delete from callable_name",
        "delete from adapter_version",
        "update version_expert set layer = 0",
        "create table heddle.mine (x int)",
        "drop table audit",
        "insert into registry_change select '1', 'tenant', gen_random_uuid(), 'never'",
        "insert into registry_change_log default values",
      })
  void the_application_cannot_change_what_is_append_only(String sql) {
    try (RegistryDatabase db = RegistryDatabase.open(TestDatabase.fresh())) {
      assertThatThrownBy(() -> db.write(jdbc -> jdbc.sql(sql).update()))
          .rootCause()
          .hasMessageMatching("(?s).*(permission denied|must be owner).*");
    }
  }
}
