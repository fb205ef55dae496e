package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CapacityTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  @Test
  void a_preview_of_a_demo_adapter_says_what_it_takes_once_it_is_there() throws IOException {
    String config = Files.readString(PlatformFixture.DEMO.resolve("adapters/sql/expert_cfg.json"));
    JsonNode preview = PlatformFixture.expect(200, preview(config));
    JsonNode version = PlatformFixture.expect(200, PLATFORM.get("/api/v1/adapters/sql/versions/1"));

    assertThat(preview.path("fits").booleanValue()).isTrue();
    assertThat(preview.path("bytes").longValue()).isEqualTo(version.path("bytes").longValue());
    int layers = 0;
    for (JsonNode layer : preview.path("layers")) {
      layers += layer.path("routed").intValue() + layer.path("shared").intValue();
    }
    assertThat(layers).isEqualTo(preview.path("slots").intValue()).isPositive();
    assertThat(preview.path("merged_bytes").longValue())
        .isGreaterThan(preview.path("bytes").longValue());
    assertThat(preview.path("evictions").path("adapters").intValue())
        .isEqualTo(preview.path("evictions").path("leaving").size());
  }

  @Test
  void a_configuration_that_no_adapter_can_have_is_refused_with_every_violation() {
    JsonNode problem =
        PlatformFixture.expect(
            422,
            preview(
                "{\"experts\":{\"0\":[1],\"99\":[0]},\"shared_experts\":false,"
                    + "\"non_expert_modules\":true}"));
    assertThat(problem.path("violations").valueStream().map(v -> v.path("code").stringValue()))
        .contains("non-expert-modules", "layer-out-of-range");
    PlatformFixture.expect(400, preview("{"));
  }

  private static java.net.http.HttpResponse<String> preview(String config) {
    return PLATFORM.post("/api/v1/capacity:preview", config);
  }
}
