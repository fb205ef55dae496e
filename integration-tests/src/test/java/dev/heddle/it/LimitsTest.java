package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much a connection, and all of them together, may ask of the server. */
class LimitsTest {
  private static final int CONNECTIONS = 12;

  @TempDir Path folder;

  @Test
  void connections_beyond_the_limit_are_closed_and_others_go_on() throws Exception {
    try (PlatformProcess platform =
        PlatformProcess.start(
            folder.resolve("data"), "--heddle.serving.connections=" + CONNECTIONS)) {
      List<RawHttp> idle = new ArrayList<>();
      RawHttp first = RawHttp.open(platform.url());
      first.send(alive()).readTo("UP");
      while (!isClosed(platform, idle)) {
        assertThat(idle).as("connections that stay open").hasSizeLessThan(CONNECTIONS);
      }
      platform.awaitSaid(CONNECTIONS + " connections are open");
      first.send(alive()).readTo("UP"); // who was there first is still served
      assertThat(isClosed(platform, idle)).as("and the next one is not").isTrue();
      assertThat(platform.log().split("connections are open", -1)).as("told once").hasSize(2);
      for (RawHttp each : idle) {
        each.close();
      }
      awaitRoom(platform);
      first.close();
    }
  }

  private static String alive() {
    return "GET /actuator/health/liveness HTTP/1.1\r\nHost: x\r\n\r\n";
  }

  /** Opens one more, which stays in the list if the server keeps it. */
  private static boolean isClosed(PlatformProcess platform, List<RawHttp> idle) throws IOException {
    RawHttp connection = RawHttp.open(platform.url());
    try {
      connection.send(alive()).readTo("UP");
      idle.add(connection);
      return false;
    } catch (AssertionError | SocketException closed) {
      connection.close();
      return true;
    }
  }

  private static void awaitRoom(PlatformProcess platform) throws IOException, InterruptedException {
    List<RawHttp> next = new ArrayList<>();
    for (int i = 0; i < 100 && isClosed(platform, next); i++) {
      Thread.sleep(20); // the server has yet to see that others have left
    }
    assertThat(next).hasSize(1);
    next.getFirst().close();
  }

  @ParameterizedTest
  @CsvSource({
    "3000, 4000, 200",
    "3000, 9000, 431",
    "5000, 100, 414",
  })
  void a_line_of_4_KiB_and_headers_of_8_KiB(int line, int header, int status) throws IOException {
    String answer =
        RawHttp.exchange(
            PlatformFixture.get().url(),
            "GET /actuator/health/liveness?q=%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nx-a: %s\r\n\r\n"
                .formatted("a".repeat(line), "b".repeat(header)));
    assertThat(answer).startsWith("HTTP/1.1 " + status);
  }
}
