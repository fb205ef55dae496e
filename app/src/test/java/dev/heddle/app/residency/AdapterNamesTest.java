package dev.heddle.app.residency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.registry.snapshot.VersionRef;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdapterNamesTest {
  private static final Digest DIGEST = new Digest("0".repeat(64));

  @Test
  void an_adapter_is_called_by_its_versions_as_far_as_there_is_room() {
    assertThat(AdapterNames.text(DIGEST, versions(1))).isEqualTo("acme/intent@1");
    assertThat(AdapterNames.text(DIGEST, versions(3)))
        .isEqualTo("acme/intent@1, acme/intent@2, acme/intent@3");
    assertThat(AdapterNames.text(DIGEST, versions(9)))
        .isEqualTo("acme/intent@1, acme/intent@2, acme/intent@3 and 6 others");
  }

  @Test
  void an_adapter_that_no_ready_version_is_keeps_its_digest() {
    assertThat(AdapterNames.text(DIGEST, List.of())).isEqualTo(DIGEST.qualified());
  }

  private static List<VersionRef> versions(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(number ->
            new VersionRef(
                UUID.randomUUID(),
                UUID.randomUUID(),
                "acme",
                "intent",
                number,
                DIGEST,
                1,
                Instant.EPOCH))
        .toList();
  }
}
