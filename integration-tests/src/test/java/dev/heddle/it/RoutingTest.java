package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Whether a version's tuned experts fire on its traffic, as its owner and a scraper may see it. */
class RoutingTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  @Test
  void what_a_version_computed_is_counted_from_its_load_on() throws Exception {
    String version = PLATFORM.upload("routed", "dates");
    String digest = PlatformFixture.expect(200, PLATFORM.get(version)).path("digest").stringValue();
    PlatformFixture.expect(200, PLATFORM.post(version + ":load", ""));
    long before = expectSums(version).path("tokens").longValue();

    JsonNode usage =
        PlatformFixture.expect(
                200,
                PLATFORM.post(
                    "/v1/completions",
                    "{\"model\":\"routed@1\",\"prompt\":\"the 3rd of March\",\"max_tokens\":5,"
                        + "\"ignore_eos\":true,\"echo\":true,\"logprobs\":0}"))
            .path("usage");
    long computed =
        usage.path("prompt_tokens").longValue() + usage.path("completion_tokens").longValue() - 1;

    JsonNode routing = await(version, before + computed);
    assertThat(routing.path("name").stringValue()).isEqualTo("routed@1");
    assertThat(routing.path("digest").stringValue()).isEqualTo(digest);
    assertThat(routing.path("tuned_share").doubleValue()).isBetween(0.0001, 1.0);
    assertThat(scraped("heddle_routed_tokens_total", digest))
        .isEqualTo(
            (double) routing.path("tokens").longValue()
                * routing.path("top_k").longValue()
                * routing.path("layers").size());
    assertThat(scraped("heddle_routed_tuned_tokens_total", digest))
        .isEqualTo(routing.path("tuned_hits").doubleValue());
  }

  @Test
  void what_is_not_there_or_not_resident_is_said_to_be() throws Exception {
    PlatformFixture.expect(404, PLATFORM.get("/api/v1/adapters/routed-none/versions/1/routing"));
    String open = PLATFORM.begin("routed-unready");
    assertThat(code(409, open)).isEqualTo("version_state");
    String version = PLATFORM.upload("routed-left", "sql");
    PlatformFixture.expect(200, PLATFORM.post(version + ":load", ""));
    long resets = expectSums(version).path("resets").longValue();
    PlatformFixture.expect(200, PLATFORM.post(version + ":unload", ""));
    assertThat(code(409, version)).isEqualTo("version_not_resident");
    PlatformFixture.expect(200, PLATFORM.post(version + ":load", ""));
    JsonNode again = expectSums(version);
    assertThat(again.path("resets").longValue()).isGreaterThan(resets);
  }

  @Test
  void the_bases_own_tokens_are_the_operators_to_see() {
    JsonNode routing = PlatformFixture.expect(200, PLATFORM.get("/api/v1/routing"));
    assertThat(routing.path("tuned_hits").longValue()).isZero();
    assertSums(routing);
    String key =
        PlatformFixture.expect(
                201,
                PLATFORM.post("/api/v1/keys", "{\"label\":\"routed\",\"scopes\":[\"adapters\"]}"))
            .path("key")
            .stringValue();
    assertThat(TenantWorld.send(key, "GET", "/api/v1/routing", Map.of(), "").statusCode())
        .isEqualTo(403);
  }

  private static String code(int status, String version) {
    return PlatformFixture.expect(status, PLATFORM.get(version + "/routing"))
        .path("code")
        .stringValue();
  }

  private static JsonNode await(String version, long tokens) {
    for (int i = 0; i < 300; i++) {
      JsonNode routing = expectSums(version);
      if (routing.path("tokens").longValue() >= tokens) {
        return routing;
      }
      LockSupport.parkNanos(10_000_000);
    }
    throw new AssertionError("the tokens are not counted");
  }

  private static JsonNode expectSums(String version) {
    JsonNode routing = PlatformFixture.expect(200, PLATFORM.get(version + "/routing"));
    assertSums(routing);
    return routing;
  }

  private static void assertSums(JsonNode routing) {
    long sent = routing.path("tokens").longValue() * routing.path("top_k").longValue();
    assertThat(routing.path("layers").size()).isPositive();
    for (JsonNode layer : routing.path("layers")) {
      JsonNode counts = layer.path("counts");
      assertThat(counts.size()).isEqualTo(routing.path("columns").intValue());
      assertThat(counts.valueStream().mapToLong(JsonNode::longValue).sum()).isEqualTo(sent);
      long tuned =
          layer
              .path("tuned")
              .valueStream()
              .mapToLong(column -> counts.path(column.intValue()).longValue())
              .sum();
      assertThat(layer.path("tuned_hits").longValue()).isEqualTo(tuned);
    }
  }

  private static double scraped(String metric, String digest) {
    String line = metric + "{adapter=\"" + digest + "\"} ";
    return PLATFORM
        .get("/actuator/prometheus")
        .body()
        .lines()
        .filter(l -> l.startsWith(line))
        .mapToDouble(l -> Double.parseDouble(l.substring(line.length())))
        .findFirst()
        .orElseThrow();
  }
}
