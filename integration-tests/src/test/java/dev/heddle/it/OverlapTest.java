package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Which experts a tenant's adapters have in common, and nobody else's. */
class OverlapTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();

  @Test
  void experts_in_common_are_counted_among_the_tenants_own_adapters_alone() {
    ManyAdapters fill = new ManyAdapters(PLATFORM);
    String key = fill.tenant("overlap-own");
    fill.fill("overlap-own", "lap", 6, 1);
    fill.tenant("overlap-other");
    fill.fill("overlap-other", "foreign", 6, 1);
    JsonNode overlap = get(key, "/api/v1/adapters/lap-0/versions/1/overlap", 200);

    List<String> versions =
        overlap.path("versions").valueStream().map(JsonNode::stringValue).toList();
    assertThat(versions).hasSizeGreaterThan(1).first().isEqualTo("lap-0@1");
    assertThat(versions).allMatch(version -> version.startsWith("lap-")).doesNotHaveDuplicates();
    JsonNode shared = overlap.path("shared");
    for (int a = 0; a < versions.size(); a++) {
      assertThat(shared.get(a).get(a).intValue()).isPositive();
      for (int b = 0; b < versions.size(); b++) {
        assertThat(shared.get(a).get(b)).isEqualTo(shared.get(b).get(a));
        assertThat(shared.get(a).get(b).intValue())
            .isLessThanOrEqualTo(shared.get(a).get(a).intValue());
      }
    }
    assertThat(shared.get(0).valueStream().skip(1).map(JsonNode::intValue))
        .isSortedAccordingTo((a, b) -> Integer.compare(b, a))
        .allMatch(count -> count > 0);
    JsonNode one = get(key, "/api/v1/adapters/lap-0/versions/1/overlap?most=1", 200);
    assertThat(one.path("versions").size()).isEqualTo(2);
    for (String most : List.of("0", "51", "x")) {
      get(key, "/api/v1/adapters/lap-0/versions/1/overlap?most=" + most, 400);
    }
  }

  private static JsonNode get(String key, String path, int status) {
    return PlatformFixture.expect(status, TenantWorld.send(key, "GET", path, Map.of(), ""));
  }
}
