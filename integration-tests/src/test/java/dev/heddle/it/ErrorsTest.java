package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ErrorsTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Duration SOON = Duration.ofSeconds(20);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{'model':'base','prompt':'a','max_tokens':2000} | 400 | context_length_exceeded",
        "{'model':'nobody','prompt':'a'} | 404 | model_not_found",
        "{'model':'intent@9','prompt':'a'} | 404 | model_not_found",
        "{'model':'else/intent','prompt':'a'} | 404 | model_not_found",
        "{'model':'base'} | 400 | invalid_request",
        "{'model':'base','prompt':[1536]} | 400 | invalid_request",
        "{'model':'base','prompt':''} | 400 | invalid_request",
        "{'model':'base','model':'base','prompt':'a'} | 400 | malformed_json",
        "{'model': | 400 | malformed_json",
        "{'model':'base','prompt':'a','suffix':'b'} | 400 | unsupported_parameter",
      })
  void a_refusal_has_its_status_and_code_streaming_or_not(String body, int status, String code) {
    String json = body.replace('\'', '"');
    for (String request : new String[] {json, json.replaceFirst("\\{", "{\"stream\":true,")}) {
      HttpResponse<String> response = PLATFORM.post("/v1/completions", request);
      JsonNode error = PlatformFixture.expect(status, response).path("error");

      assertThat(error.path("code").stringValue()).isEqualTo(code);
      assertThat(error.path("message").stringValue()).isNotBlank();
      assertThat(response.headers().firstValue("x-request-id")).isPresent();
    }
  }

  @Test
  void a_body_over_the_limit_is_413() {
    String body = "{\"model\":\"base\",\"prompt\":\"" + "a ".repeat(200_000) + "\"}";

    assertThat(
            PlatformFixture.expect(413, PLATFORM.post("/v1/completions", body))
                .path("error")
                .path("code")
                .stringValue())
        .isEqualTo("request_too_large");
  }

  @Test
  void a_connection_whose_request_was_refused_unread_serves_the_next() {
    String body = "{\"model\":\"base\",\"prompt\":\"" + "a ".repeat(200_000) + "\"}";

    PlatformFixture.expect(413, PLATFORM.post("/v1/completions", body));
    for (int i = 0; i < 12; i++) {
      PlatformFixture.expect(
          200, PlatformFixture.send(PLATFORM.request("/v1/models").GET().timeout(SOON).build()));
    }
  }

  @Test
  void every_surface_wants_a_key() {
    Stream.of("/v1/models", "/v1/nothing", "/api/v1/adapters", "/api/v1/keys", "/api/v1/status")
        .forEach(path -> {
          HttpRequest request = HttpRequest.newBuilder(URI.create(PLATFORM.url() + path)).build();
          assertThat(PlatformFixture.send(request).statusCode()).as(path).isEqualTo(401);
        });
  }

  @Test
  void a_key_opens_what_its_scopes_say_until_it_is_revoked() {
    JsonNode key =
        PlatformFixture.expect(
            201,
            PLATFORM.post("/api/v1/keys", "{\"label\":\"caller\",\"scopes\":[\"inference\"]}"));
    String text = key.path("key").stringValue();

    assertThat(statusWith(text, "/v1/models")).isEqualTo(200);
    assertThat(statusWith(text, "/api/v1/adapters")).isEqualTo(403);
    PlatformFixture.expect(200, PLATFORM.delete("/api/v1/keys/" + key.path("id").stringValue()));
    assertThat(statusWith(text, "/v1/models")).isEqualTo(401);
  }

  private static int statusWith(String key, String path) {
    return PlatformFixture.send(
            HttpRequest.newBuilder(URI.create(PLATFORM.url() + path))
                .header("Authorization", "Bearer " + key)
                .build())
        .statusCode();
  }
}
