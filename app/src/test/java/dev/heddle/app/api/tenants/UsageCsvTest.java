package dev.heddle.app.api.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UsageCsvTest {
  @Test
  void a_line_has_a_cell_for_each_column() {
    UsageView line =
        new UsageView(
            Instant.parse("2026-01-31T00:00:00Z"), "acme", null, 3, 100, 20, 7, 0.25, 1.5);
    assertThat(UsageCsv.of(List.of(line)))
        .isEqualTo(
            "period,tenant,model,requests,prompt_tokens,cached_tokens,completion_tokens,"
                + "queued_seconds,engine_seconds\r\n"
                + "2026-01-31T00:00:00Z,acme,,3,100,20,7,0.25,1.5\r\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "plain | plain",
        "a,b | ~\"a,b\"~",
        "say \"no\" | ~\"say \"\"no\"\"\"~",
        "=1+1 | '=1+1",
        "@SUM(A1) | '@SUM(A1)",
        "+1 | '+1",
        "-1 | '-1",
        "=a,b | ~\"'=a,b\"~",
      })
  void what_a_spreadsheet_would_compute_or_split_is_kept_from_it(String text, String cell) {
    assertThat(UsageCsv.cell(text)).isEqualTo(cell);
  }
}
