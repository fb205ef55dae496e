package dev.heddle.registry.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class UsageMigrationTest {
  private static final String ROWS =
      """
      insert into tenant (id, name) values
        ('00000000-0000-7000-8000-000000000001', 'one');
      insert into api_key (id, tenant_id, public_id, secret_sha256, label, scopes) values
        ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'k',
         decode(repeat('00', 32), 'hex'), 'key', array['inference']);
      insert into usage_record
        select 'r' || i, '00000000-0000-7000-8000-000000000001',
          '00000000-0000-7000-8000-000000000002', 'base', null, null, 'stop', 10, 2, 5, 100, 1000,
          timestamptz '2026-01-01 00:00:00Z' + i * interval '20 minutes'
        from generate_series(0, 6) i;
      """;

  @Test
  void rows_from_before_are_in_the_sums() throws Exception {
    DatabaseSettings settings = OldSchema.with("4", ROWS);

    try (RegistryDatabase db = RegistryDatabase.open(settings)) {
      List<String> sums =
          db.read(jdbc ->
              jdbc.sql(
                      """
                      select requests || ' ' || prompt_tokens || ' ' || cached_tokens || ' '
                        || completion_tokens || ' ' || queued_micros || ' ' || engine_micros
                      from usage_hour order by hour
                      """)
                  .query(String.class)
                  .list());
      assertThat(sums)
          .containsExactly("3 30 6 15 300 3000", "3 30 6 15 300 3000", "1 10 2 5 100 1000");
      assertThatThrownBy(
              () -> db.write(jdbc -> jdbc.sql("update usage_hour set requests = 9").update()))
          .rootCause()
          .hasMessageContaining("permission denied");
    }
  }
}
