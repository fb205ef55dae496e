package dev.heddle.app.api.tenants;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class UsageCsvTest {
  @Test
  void a_line_has_a_cell_for_each_column() {
    UsageView line =
        new UsageView(
            Instant.parse("2026-01-31T00:00:00Z"),
            "acme",
            null,
            3,
            100,
            20,
            7,
            UsageView.seconds(Duration.ofMillis(250)),
            UsageView.seconds(Duration.ofSeconds(12_000_000)));
    assertThat(UsageCsv.of(List.of(line)))
        .isEqualTo(
            "period,tenant,model,requests,prompt_tokens,cached_tokens,completion_tokens,"
                + "queued_seconds,engine_seconds\r\n"
                + "2026-01-31T00:00:00Z,acme,,3,100,20,7,0.25,12000000\r\n");
  }

  @ParameterizedTest
  @CsvSource({"PT0S, 0", "PT0.000001S, 0.000001", "PT2000H, 7200000", "PT1.5S, 1.5"})
  void seconds_are_plain_digits(Duration time, String written) {
    assertThat(JsonMapper.shared().writeValueAsString(UsageView.seconds(time))).isEqualTo(written);
    assertThat(UsageView.seconds(time)).hasToString(written);
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
