package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Which tokens of an answer met tuned experts, told token by token. */
class TraceTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  @Test
  void a_traces_hits_are_those_that_the_routing_counts() throws Exception {
    String version = PLATFORM.upload("traced", "dates");
    PlatformFixture.expect(200, PLATFORM.post(version + ":load", ""));
    long loaded = counted(version, 0).path("tokens").longValue();
    JsonNode answer =
        PlatformFixture.expect(
                200,
                PLATFORM.post(
                    "/v1/completions",
                    "{\"model\":\"traced@1\",\"prompt\":\"the 3rd of March\",\"max_tokens\":5,"
                        + "\"ignore_eos\":true,\"return_token_ids\":true}"))
            .path("choices")
            .get(0);
    List<JsonNode> ids =
        Stream.of("prompt_token_ids", "token_ids")
            .flatMap(name -> answer.path(name).valueStream())
            .toList();
    JsonNode before = counted(version, loaded + ids.size() - 1); // the last one is not computed

    JsonNode trace =
        PlatformFixture.expect(
            200, PLATFORM.post(version + ":trace", "{\"token_ids\":" + ids + "}"));
    JsonNode after = counted(version, before.path("tokens").longValue() + ids.size());

    assertThat(trace.path("name").stringValue()).isEqualTo("traced@1");
    assertThat(trace.path("hits").size()).isEqualTo(ids.size());
    assertThat(trace.path("hits").valueStream())
        .allMatch(row ->
            row.size() == trace.path("layers").size()
                && row.valueStream()
                    .allMatch(hits -> hits.intValue() <= trace.path("top_k").intValue()));
    assertThat(after.path("tokens").longValue() - before.path("tokens").longValue())
        .isEqualTo(ids.size());
    assertThat(
            trace
                .path("hits")
                .valueStream()
                .flatMap(JsonNode::valueStream)
                .mapToLong(JsonNode::longValue)
                .sum())
        .isPositive()
        .isEqualTo(after.path("tuned_hits").longValue() - before.path("tuned_hits").longValue());
  }

  @Test
  void what_cannot_be_traced_is_refused() {
    String version = "/api/v1/adapters/intent/versions/1:trace";
    for (String ids : List.of("[]", "7", "[-1]", "[1.5]", "[99999]")) {
      PlatformFixture.expect(400, PLATFORM.post(version, "{\"token_ids\":" + ids + "}"));
    }
    PlatformFixture.expect(400, PLATFORM.post(version, "{\"text\":\"a\"}"));
    PlatformFixture.expect(
        404, PLATFORM.post(version.replace("/1:", "/99:"), "{\"token_ids\":[1]}"));
  }

  /** The counts once so many tokens are in them: they are published when nothing runs. */
  private static JsonNode counted(String version, long tokens) {
    for (int i = 0; i < 600; i++) {
      JsonNode routing = PlatformFixture.expect(200, PLATFORM.get(version + "/routing"));
      if (routing.path("tokens").longValue() >= tokens) {
        return routing;
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new AssertionError("the tokens are not counted");
  }
}
