package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PlanCommandTest {
  private static JsonNode plan(String memory, String weights) {
    return Cli.run("plan", "--random", "lite:27", "--memory", memory, "--weights", weights).json();
  }

  @Test
  void adapters_leave_more_room_for_kv_than_merged_models_do() {
    JsonNode plan = plan("64GB", "stored");
    assertThat(plan.path("model_bytes").asLong()).isBetween(31_300_000_000L, 31_500_000_000L);
    List<JsonNode> rows = plan.path("plans").valueStream().toList();
    assertThat(rows).hasSize(5);
    assertThat(rows.get(1).path("kv_tokens_merged").asLong())
        .as("one merged model is as large as the base, and needs no slots")
        .isGreaterThan(rows.get(1).path("kv_tokens").asLong());
    for (JsonNode row : rows.subList(2, 4)) {
      long merged = row.path("kv_tokens_merged").asLong();
      assertThat(row.path("kv_tokens").asLong()).isGreaterThan(2 * merged);
      assertThat(row.path("padded_slots").asInt()).isGreaterThan(row.path("slots").asInt());
    }
    assertThat(rows.get(3).path("fits_merged").asBoolean()).isFalse();
  }

  @Test
  void int8_holds_a_model_that_the_budget_does_not_hold_as_stored() {
    JsonNode stored = plan("24GB", "stored").path("plans").get(0);
    assertThat(stored.path("fits").asBoolean()).isFalse();
    assertThat(stored.path("kv_tokens").asLong()).isZero();
    JsonNode int8 = plan("24GB", "int8");
    assertThat(int8.path("model_bytes").asLong()).isLessThan(17_300_000_000L);
    assertThat(int8.path("plans").get(3).path("fits").asBoolean()).isTrue();
  }

  @Test
  void a_size_that_is_none_is_refused() {
    Cli cli = Cli.run("plan", "--random", "lite:27", "--memory", "much");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .containsExactly("error: --memory: 'much' is not a size, such as 64GB or 800MB");
  }
}
