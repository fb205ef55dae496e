package dev.heddle.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.PlatformFixture;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;

/**
 * What holds after each fault, whatever it was: the platform works again by itself, soon; nothing
 * acknowledged is lost; no stranger is served; the books balance; answers are the bits that they
 * were; and nobody was told anything but what is documented.
 */
final class Invariants {
  /** How soon all works again after a fault's end. */
  static final Duration RECOVERED_WITHIN = Duration.ofSeconds(10);

  private final Place place;
  private final Traffic traffic;
  private final Usage usage;

  Invariants(Place place, Traffic traffic, Usage usage) {
    this.place = place;
    this.traffic = traffic;
    this.usage = usage;
  }

  /**
   * Waits until all works.
   *
   * @return how long that took
   */
  Duration awaitRecovery(String fault) {
    long since = System.nanoTime();
    String wrong = wrong();
    while (!wrong.isEmpty()) {
      Duration took = Duration.ofNanos(System.nanoTime() - since);
      assertThat(took).as(fault + ": not yet: " + wrong).isLessThan(RECOVERED_WITHIN);
      TcpProxy.pause(Duration.ofMillis(50));
      wrong = wrong();
    }
    return Duration.ofNanos(System.nanoTime() - since);
  }

  /** What does not work now; empty if all does. */
  private String wrong() {
    Client client = place.client();
    Reply ready =
        client.send("", "GET", "/actuator/health/readiness", BodyPublishers.noBody(), 503);
    if (ready.status() != 200) {
      return "readiness: " + ready.status() + " " + ready.body();
    }
    for (String model : List.of("base", "intent", "redact", "german")) {
      String request = PlatformFixture.chat(model, "hello").put("max_tokens", 1).toString();
      Reply answer = client.post("/v1/chat/completions", request);
      if (!answer.isDone()) {
        return model + ": " + answer.status() + " " + answer.body();
      }
    }
    Reply change =
        client.post("/api/v1/keys", "{\"label\":\"recovered\",\"scopes\":[\"inference\"]}");
    return change.isDone() ? "" : "a change: " + change.status() + " " + change.body();
  }

  void check(String fault) throws Exception {
    traffic.check();
    usage.check(place);
    assertThat(place.platform().isAlive()).isTrue();
    assertThat(place.client().offences()).as("during or after: " + fault).isEmpty();
    assertThat(place.platform().log())
        .doesNotContain("request failed")
        .doesNotContain("OutOfMemoryError");
  }
}
