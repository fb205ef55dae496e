package dev.heddle.it.faults;

import dev.heddle.it.PlatformFixture;
import java.net.http.HttpHeaders;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What came of a request.
 *
 * @param status 0 if the connection broke off: nobody knows whether it was done
 */
record Reply(int status, String body, HttpHeaders headers) {
  static final Reply BROKEN = new Reply(0, "", HttpHeaders.of(Map.of(), (name, value) -> true));

  boolean isDone() {
    return status >= 200 && status < 300;
  }

  JsonNode json() {
    return PlatformFixture.parse(body);
  }

  String header(String name) {
    return headers.firstValue(name).orElse("");
  }

  /** The error's code, on either surface; empty if there is none. */
  String code() {
    if (!body.startsWith("{")) {
      return "";
    }
    JsonNode json = json();
    return json.path("error").path("code").asString(json.path("code").asString(""));
  }
}
