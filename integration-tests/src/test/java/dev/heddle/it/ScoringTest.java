package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Experts are scored from sample data by a job on the engine that serves. */
class ScoringTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String PATH = "/api/v1/scorings";
  private static final Path GOLDEN =
      PlatformFixture.DEMO.resolveSibling("gpu-runtime/src/test/resources/dev/heddle/score");

  /** Sample data whose scores are known. */
  static final Path SAMPLES = GOLDEN.resolve("samples.jsonl");

  @Test
  void a_job_comes_to_the_scores_and_the_choices_of_the_golden() throws IOException {
    String data = Files.readString(SAMPLES);
    JsonNode golden = PlatformFixture.parse(Files.readString(GOLDEN.resolve("scores.json")));
    HttpResponse<String> accepted = begin(data);
    JsonNode begun = PlatformFixture.expect(202, accepted);
    String job = accepted.headers().firstValue("Location").orElseThrow();
    assertThat(begun.path("layers").isNull()).isTrue();

    JsonNode done = await(job, "DONE");

    assertThat(done.path("samples_done")).isEqualTo(done.path("samples"));
    assertThat(done.path("layers").size()).isEqualTo(golden.path("layers").size());
    for (int layer = 0; layer < done.path("layers").size(); layer++) {
      for (String kind : new String[] {"gate", "token"}) {
        for (int expert = 0; expert < 32; expert++) {
          assertThat(score(done, layer, kind, expert))
              .isCloseTo(score(golden, layer, kind, expert), within(1e-6));
        }
      }
    }
    for (JsonNode choice : golden.path("choices")) {
      String query =
          "/expert-cfg?score=" + choice.path("score").asString() + "&p=" + choice.path("p");
      HttpResponse<String> file = PLATFORM.get(job + query);
      JsonNode config = PlatformFixture.expect(200, file);
      assertThat(config.path("experts")).isEqualTo(choice.path("experts"));
      assertThat(file.headers().firstValue("Content-Disposition").orElseThrow())
          .contains("expert_cfg.json");
      // It is one that the planner takes, with the slots that an adapter of it needs.
      JsonNode cost =
          PlatformFixture.expect(200, PLATFORM.post("/api/v1/capacity:preview", file.body()));
      int chosen = 0;
      for (JsonNode experts : choice.path("experts")) {
        chosen += experts.size();
      }
      assertThat(cost.path("slots").intValue()).isEqualTo(chosen);
    }
    assertThat(PLATFORM.get(PATH).body()).contains(done.path("id").stringValue());
  }

  private static double score(JsonNode scores, int layer, String kind, int expert) {
    return scores.path("layers").get(layer).path(kind).get(expert).doubleValue();
  }

  @Test
  void a_job_can_be_cancelled_and_the_engine_is_free_again() {
    String line = "{\"text\":\"" + "the old dog follows the quiet cat. ".repeat(60) + "\"}\n";
    HttpResponse<String> accepted = begin(line.repeat(1000));
    String job = accepted.headers().firstValue("Location").orElseThrow();
    PlatformFixture.expect(409, PLATFORM.get(job + "/expert-cfg"));

    JsonNode cancelled = PlatformFixture.expect(200, PLATFORM.delete(job));

    assertThat(cancelled.path("state").stringValue()).isEqualTo("CANCELLED");
    assertThat(await(job, "CANCELLED").path("layers").isNull()).isTrue();
    assertThat(PlatformFixture.expect(200, PLATFORM.delete(job)).path("ended_at"))
        .as("once")
        .isEqualTo(cancelled.path("ended_at"));
    PlatformFixture.expect(409, PLATFORM.get(job + "/expert-cfg"));
    await(begin("{\"text\":\"a b c\"}").headers().firstValue("Location").orElseThrow(), "DONE");
    JsonNode status = PlatformFixture.expect(200, PLATFORM.get("/api/v1/status"));
    assertThat(status.path("runtime").path("running").intValue()).isZero();
  }

  @Test
  void every_line_that_is_no_sample_is_named_and_no_job_is_begun() {
    ManagementClient tenant = ManagementClient.tenant("scoring-bad", "adapters");
    String data = "{\"text\":\"good\"}\n{\"text\":1}\nnothing\n{\"messages\":[]}\n";
    JsonNode problem = PlatformFixture.expect(400, tenant.send("POST", PATH, data));
    assertThat(problem.path("violations").valueStream().map(v -> v.path("where").stringValue()))
        .containsExactly("line 2", "line 3", "line 4");
    PlatformFixture.expect(400, tenant.send("POST", PATH, ""));
    assertThat(tenant.get(PATH).path("items")).isEmpty();
  }

  @Test
  void what_is_over_a_limit_is_refused() {
    assertThat(begin("{\"text\":\"a\"}\n".repeat(10_001)).body())
        .contains("more than 10000 samples");
    PlatformFixture.expect(413, begin("x".repeat((8 << 20) + 1)));
    ManagementClient tenant = ManagementClient.tenant("scoring-many", "adapters");
    String sample = "{\"text\":\"" + "the old dog follows the quiet cat. ".repeat(60) + "\"}\n";
    String busy = sample.repeat(300);
    int refused = 0;
    for (int i = 0; i < 6; i++) {
      HttpResponse<String> response = tenant.send("POST", PATH, busy);
      refused += response.statusCode() == 429 ? 1 : 0;
    }
    assertThat(refused).as("four at a time").isBetween(1, 2);
    for (JsonNode job : tenant.get(PATH).path("items")) {
      tenant.send("DELETE", PATH + "/" + job.path("id").stringValue(), "");
    }
  }

  @Test
  void faults_of_a_choice_are_named_at_once() {
    String job = begin("{\"text\":\"a b c\"}").headers().firstValue("Location").orElseThrow();
    await(job, "DONE");
    JsonNode problem =
        PlatformFixture.expect(400, PLATFORM.get(job + "/expert-cfg?score=best&p=2"));
    assertThat(problem.path("violations").size()).isEqualTo(2);
  }

  @Test
  void a_job_belongs_to_its_tenant() {
    String job = begin("{\"text\":\"a b c\"}").headers().firstValue("Location").orElseThrow();
    ManagementClient other = ManagementClient.tenant("scoring-other", "adapters", "inference");
    for (String path : new String[] {job, job + "/expert-cfg"}) {
      assertThat(other.status("GET", path)).isEqualTo(404);
    }
    assertThat(other.status("DELETE", job)).isEqualTo(404);
    assertThat(other.get(PATH).path("items")).isEmpty();
    assertThat(await(job, "DONE").path("state").stringValue()).isEqualTo("DONE");
  }

  private static HttpResponse<String> begin(String data) {
    return PlatformFixture.send(
        PLATFORM
            .request(PATH)
            .header("Content-Type", "application/jsonl")
            .POST(BodyPublishers.ofString(data))
            .build());
  }

  private static JsonNode await(String job, String state) {
    for (int i = 0; i < 1200; i++) {
      JsonNode now = PlatformFixture.expect(200, PLATFORM.get(job));
      if (now.path("state").stringValue().equals(state)) {
        return now;
      }
      if (now.path("state").stringValue().equals("FAILED")) {
        throw new AssertionError(now.toString());
      }
      LockSupport.parkNanos(50_000_000);
    }
    throw new AssertionError("it does not come to " + state);
  }
}
