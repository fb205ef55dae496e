package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  @ParameterizedTest
  @CsvSource({
    "testdata/oracle/plain-tied-f32/model, stored, 5MB",
    "testdata/oracle-families/qwen3-moe/model, stored, 8MB",
    "testdata/oracle-families/mixtral/model, stored, 8MB",
    "demo/base, stored, 80MB",
    "demo/base, int8, 70MB"
  })
  void an_engine_that_starts_in_the_budget_has_what_the_plan_says(
      String model, String weights, String memory) {
    JsonNode plan =
        Cli.run(
                "plan",
                "--model",
                Path.of(System.getProperty("heddle.repo")).resolve(model),
                "--memory",
                memory,
                "--adapters",
                "0,1,2,3,20",
                "--weights",
                weights,
                "--start")
            .json();
    for (JsonNode row : plan.path("plans")) {
      JsonNode started = row.path("started");
      assertThat(row.path("fits").asBoolean()).isTrue();
      assertThat(started.path("kv_tokens").asLong())
          .as("%s adapters", row.path("adapters"))
          .isEqualTo(row.path("kv_tokens").asLong())
          .isPositive();
      assertThat(started.path("slots").asInt()).isEqualTo(row.path("slots").asInt());
    }
    JsonNode few = plan.path("plans").get(1);
    JsonNode many = plan.path("plans").get(4);
    assertThat(many.path("slots").asInt()).isGreaterThan(few.path("slots").asInt());
    assertThat(many.path("kv_tokens").asLong()).isLessThan(few.path("kv_tokens").asLong());
  }

  @Test
  void a_size_that_is_none_is_refused() {
    Cli cli = Cli.run("plan", "--random", "lite:27", "--memory", "much");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .containsExactly("error: --memory: 'much' is not a size, such as 64GB or 800MB");
  }
}
