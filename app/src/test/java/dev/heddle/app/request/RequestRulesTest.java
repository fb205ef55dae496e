package dev.heddle.app.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;

class RequestRulesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1;x=1/models",
        "/v1/models;x",
        "/v1%2fmodels",
        "/v1/%2E%2e/api",
        "/v1/x%5cy",
        "/v1/x\\y",
        "/v1/x%00",
        "/v1/x%3Bb",
        "/v1/x%252fy",
        "//v1/models",
        "/v1//models",
        "/v1/./models",
        "/v1/x/../models",
        "/v1/..",
        "/v1/models/..%2Fx",
        "/v1/models/a%2F%2Fb",
        "/api/v1/adapters/a%2Fb"
      })
  void a_path_that_others_may_read_otherwise_is_refused(String path) {
    assertThat(fault(path)).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v1/models/owner/name@sha256:ab",
        "/v1/models/owner%2Fname%403",
        "/v1/models/intent%40sha256%3Aab",
        "/api/v1/adapters/a..b/versions/1/files/model-1.safetensors",
        "/api/v1/adapters/a/versions/1/files/",
        "/api/v1/adapters/a/versions/1:complete",
        "/api/v1/adapters/%C3%A9%20x"
      })
  void a_path_with_names_in_it_passes(String path) {
    assertThat(fault(path)).isNull();
  }

  private static Object fault(String path) {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.HOST, "x");
    return RequestRules.fault("HTTP/1.1", HttpMethod.GET, path, headers);
  }
}
