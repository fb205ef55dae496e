package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** An engine that holds one adapter, which is pinned. */
class NoRoomTest {
  private static final String GOLDEN = "[{\"prompt\":[4,5,6],\"max_tokens\":1,\"token_ids\":[0]}]";

  @Test
  void a_version_that_cannot_be_proved_for_want_of_room_is_not_rejected() throws IOException {
    PlatformFixture platform =
        PlatformFixture.start(List.of(), "--heddle.memory=700MB", "--heddle.engine.adapter-rows=1");
    String pinned = platform.upload("dates", "dates");
    PlatformFixture.expect(200, platform.post(pinned + ":pin", ""));
    await(() ->
        PlatformFixture.expect(200, platform.get(pinned))
            .path("resident")
            .path("pinned")
            .booleanValue(false));
    String other = platform.upload("sql", "sql");
    assertThat(code(503, platform.post(other + ":load", ""))).isEqualTo("adapter_unavailable");

    String version = platform.files("german", "german");
    PlatformFixture.expect(
        200, platform.put(version + "/files/golden.json", GOLDEN.getBytes(StandardCharsets.UTF_8)));
    assertThat(code(503, platform.post(version + ":complete", "")))
        .isEqualTo("adapter_unavailable");
    assertThat(PlatformFixture.expect(200, platform.get(version)).path("state").stringValue())
        .isEqualTo("UPLOADING");

    PlatformFixture.expect(200, platform.post(pinned + ":unpin", ""));
    await(() -> platform.post(other + ":load", "").statusCode() == 200);
    assertThat(code(422, platform.post(version + ":complete", "")))
        .as("asked now, and answered otherwise")
        .isEqualTo("invalid_adapter");
  }

  private static String code(int status, java.net.http.HttpResponse<String> response) {
    return PlatformFixture.expect(status, response).path("code").stringValue();
  }

  private static void await(BooleanSupplier condition) {
    for (int i = 0; i < 500; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new AssertionError("it does not come");
  }
}
