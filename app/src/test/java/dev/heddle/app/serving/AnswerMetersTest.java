package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.registry.snapshot.VersionRef;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AnswerMetersTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AnswerMeters meters = new AnswerMeters(registry, "loom", false);

  @Test
  void adapters_beyond_the_first_ones_are_added_up_as_other() {
    for (int i = 0; i < AnswerMeters.ADAPTERS_MAX + 7; i++) {
      meters.of("sha256:" + i).add(end("stop"), 1);
    }
    meters.of("sha256:0").add(end("length"), 1);
    meters.of(AnswerMeters.BASE).add(end("stop"), 1);

    assertThat(registry.find("heddle.generation.tokens").counters())
        .hasSize(AnswerMeters.ADAPTERS_MAX + 2)
        .allSatisfy(counter -> assertThat(counter.getId().getTag("model")).isEqualTo("loom"));
    assertThat(tokens("sha256:0")).isEqualTo(10);
    assertThat(tokens(AnswerMeters.OTHER)).isEqualTo(35);
    assertThat(tokens(AnswerMeters.BASE)).isEqualTo(5);
    assertThat(
            registry
                .find("heddle.requests.ended")
                .tags("adapter", AnswerMeters.OTHER, "outcome", "stop")
                .counter()
                .count())
        .isEqualTo(7);
  }

  @Test
  void an_adapter_is_called_by_its_name_only_where_that_is_set() {
    Digest digest = new Digest("ab".repeat(32));
    VersionRef version =
        new VersionRef(
            UUID.randomUUID(), UUID.randomUUID(), "acme", "intent", 2, digest, 1, Instant.EPOCH);

    assertThat(meters.adapter(version)).isEqualTo(digest.qualified());
    assertThat(meters.adapter(null)).isEqualTo("base");
    assertThat(new AnswerMeters(new SimpleMeterRegistry(), "loom", true).adapter(version))
        .isEqualTo("acme/intent@2");
  }

  private double tokens(String adapter) {
    return registry.get("heddle.generation.tokens").tag("adapter", adapter).counter().count();
  }

  private static AnswerEnd end(String outcome) {
    return new AnswerEnd(outcome, new Usage(3, 1, 5), 10, -1, 20, 30, 40, Instant.EPOCH);
  }
}
