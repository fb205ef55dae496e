package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ResidencyTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String SQL = "/api/v1/adapters/sql/versions/1";

  @Test
  void a_version_is_loaded_shown_and_unloaded() {
    JsonNode loaded = PlatformFixture.expect(200, PLATFORM.post(SQL + ":load", ""));
    assertThat(loaded.path("resident").path("pinned").booleanValue()).isFalse();
    PlatformFixture.expect(
        200, PLATFORM.post("/v1/chat/completions", PlatformFixture.chat("sql", "a").toString()));

    JsonNode shown = PlatformFixture.expect(200, PLATFORM.get(SQL)).path("resident");
    assertThat(shown.path("hits").longValue()).isPositive();
    assertThat(shown.path("leases").intValue()).isZero();
    JsonNode resident = resident("default", "sql@1");
    assertThat(resident.path("digest")).isEqualTo(loaded.path("digest"));
    assertThat(resident.path("own_slots").intValue()).isPositive();
    assertThat(resident.path("bytes").longValue()).isPositive();

    JsonNode unloaded = PlatformFixture.expect(200, PLATFORM.post(SQL + ":unload", ""));
    assertThat(unloaded.path("resident").isNull()).isTrue();
    assertThat(resident("default", "sql@1").isMissingNode()).isTrue();
    PlatformFixture.expect(202, PLATFORM.post(SQL + ":prefetch", ""));
    await().until(() -> !PlatformFixture.expect(200, PLATFORM.get(SQL)).path("resident").isNull());
  }

  @Test
  void a_pinned_version_stays_until_every_pin_of_its_experts_ends() throws Exception {
    String dates = "/api/v1/adapters/dates/versions/1";
    String twin = PLATFORM.upload("dates-twin", "dates");
    PlatformFixture.expect(200, PLATFORM.post(dates + ":pin", ""));
    PlatformFixture.expect(200, PLATFORM.post(twin + ":pin", ""));
    await().until(() -> resident("default", "dates@1").path("pinned").booleanValue());

    PlatformFixture.expect(200, PLATFORM.post(dates + ":unpin", ""));

    assertThat(pins()).contains("dates-twin@1").doesNotContain("dates@1");
    assertThat(
            PlatformFixture.expect(200, PLATFORM.get(dates))
                .path("resident")
                .path("pinned")
                .booleanValue())
        .as("its own pin")
        .isFalse();
    JsonNode problem = PlatformFixture.expect(409, PLATFORM.post(dates + ":unload", ""));
    assertThat(problem.path("code").stringValue()).isEqualTo("version_pinned");
    PlatformFixture.expect(200, PLATFORM.delete(twin));
    assertThat(pins()).doesNotContain("dates-twin@1");
    await().until(() -> !resident("default", "dates@1").path("pinned").booleanValue());
  }

  @Test
  void what_is_not_ready_is_neither_loaded_nor_pinned() {
    String version = PLATFORM.begin("unready");
    for (String verb : List.of("prefetch", "load", "unload", "pin", "unpin")) {
      JsonNode problem = PlatformFixture.expect(409, PLATFORM.post(version + ":" + verb, ""));
      assertThat(problem.path("code").stringValue()).as(verb).isEqualTo("version_state");
    }
    PlatformFixture.expect(404, PLATFORM.post("/api/v1/adapters/sql/versions/99:load", ""));
  }

  @Test
  void what_changes_others_residency_needs_the_scope_admin() {
    String key =
        PlatformFixture.expect(
                201, PLATFORM.post("/api/v1/keys", "{\"label\":\"own\",\"scopes\":[\"adapters\"]}"))
            .path("key")
            .stringValue();
    for (String verb : List.of("unload", "pin", "unpin")) {
      assertThat(PLATFORM.post(SQL + ":" + verb, "", key).statusCode()).as(verb).isEqualTo(403);
      assertThat(PLATFORM.post("/api/v1/adapters/x/versions/1:" + verb, "", key).statusCode())
          .as(verb)
          .isEqualTo(403);
    }
    PlatformFixture.expect(200, PLATFORM.post(SQL + ":load", "", key));
  }

  private static JsonNode resident(String tenant, String version) {
    for (JsonNode resident : residency().path("residents")) {
      for (JsonNode holder : resident.path("versions")) {
        if (holder.path("tenant").stringValue().equals(tenant)
            && holder.path("version").stringValue().equals(version)) {
          return resident;
        }
      }
    }
    return tools.jackson.databind.node.MissingNode.getInstance();
  }

  private static List<String> pins() {
    return residency()
        .path("pins")
        .valueStream()
        .map(p -> p.path("version").stringValue())
        .toList();
  }

  private static JsonNode residency() {
    return PlatformFixture.expect(200, PLATFORM.get("/api/v1/residency"));
  }
}
