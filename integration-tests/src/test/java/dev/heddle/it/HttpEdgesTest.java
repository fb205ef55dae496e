package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.tenant.Access;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.reactive.result.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;

/** What HTTP leaves to servers, and servers often get wrong. */
class HttpEdgesTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final String KEYED = "Authorization: Bearer " + PlatformFixture.KEY + "\r\n";
  private static final String CHAT =
      "{\"model\":\"base\",\"stream\":true,\"max_tokens\":2,\"prompt\":\"a\"}";

  @Test
  void every_handler_says_which_scope_it_needs() {
    assertThat(
            PLATFORM
                .beans(RequestMappingInfoHandlerMapping.class)
                .filter(RequestMappingHandlerMapping.class::isInstance)
                .flatMap(mapping -> mapping.getHandlerMethods().values().stream())
                .filter(handler -> handler.getBeanType().getName().startsWith("dev.heddle.app."))
                .toList())
        .hasSizeGreaterThan(40)
        .allSatisfy(handler -> assertThat(Access.stated(handler.getMethod())).isNotNull());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/%761/models", "/v1/%6dodels"})
  void an_encoded_path_needs_the_scope_of_what_it_means(String path) {
    ManagementClient admin = ManagementClient.operator().makeOwnKey("edges", "admin");

    assertThat(admin.send("GET", path, "").statusCode()).isEqualTo(403);
    assertThat(admin.send("GET", "/v1/models", "").body()).contains("'inference'");
    assertThat(admin.status("GET", "/api/v1/%73tatus")).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1;x=1/models, 400",
    "/v1%2Fmodels, 400",
    "/v1//models, 400",
    "/v1/x/../models, 400",
    "/v1/models/nobody%2Fname, 404",
    "/v1/nothing, 404"
  })
  void a_path_that_others_may_read_otherwise_is_400(String path, int status) throws IOException {
    String head = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

    assertThat(raw(head + KEYED + "\r\n")).startsWith("HTTP/1.1 " + status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Host: a\r\nHost: b\r\n"})
  void a_request_without_one_host_is_400(String hosts) throws IOException {
    assertThat(raw("GET /v1/models HTTP/1.1\r\nConnection: close\r\n" + hosts + KEYED + "\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void a_stream_to_an_old_client_has_no_chunks_and_ends_with_the_connection() throws IOException {
    String answer =
        raw(
            "POST /v1/completions HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: "
                + CHAT.length()
                + "\r\n"
                + KEYED
                + "\r\n"
                + CHAT);

    String[] parts = answer.split("\r\n\r\n", 2);
    assertThat(parts[0]).startsWith("HTTP/1.").doesNotContainIgnoringCase("transfer-encoding");
    assertThat(parts[1]).matches("(?s)(data|:).*data: \\[DONE]\n\n");
  }

  @ParameterizedTest
  @CsvSource({"Content-Encoding, gzip, 415", "Content-Range, bytes 5-9/10, 400"})
  void a_part_or_a_coding_of_a_file_does_not_replace_it(String name, String value, int status) {
    String version = PLATFORM.begin("edges-" + status);
    String file = version + "/files/README.md";
    PlatformFixture.expect(200, PLATFORM.put(file, new byte[10]));

    HttpResponse<String> answer =
        PlatformFixture.send(
            PLATFORM.request(file).header(name, value).PUT(BodyPublishers.ofString("x")).build());

    PlatformFixture.expect(status, answer);
    assertThat(PLATFORM.get(version + "/files").body()).contains("\"bytes\":10");
  }

  @Test
  void a_coded_body_is_415_and_says_what_is_taken() {
    HttpResponse<String> answer =
        PlatformFixture.send(
            PLATFORM.jsonPost("/v1/completions", CHAT).header("Content-Encoding", "br").build());

    PlatformFixture.expect(415, answer);
    assertThat(answer.headers().firstValue("Accept-Encoding")).contains("identity");
  }

  private static String raw(String request) throws IOException {
    return RawHttp.exchange(PLATFORM.url(), request);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/actuator/health",
        "/actuator/health/liveness",
        "/actuator/health/readiness",
        "/actuator/prometheus",
        "/health",
        "/ping",
        "/metrics",
        "/version",
        "/api/v1/openapi.json"
      })
  void probes_and_scrapers_need_no_key(String path) throws IOException {
    assertThat(raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
  }

  @Test
  void other_servers_names_mean_the_same_page() {
    assertThat(PLATFORM.get("/metrics").body()).contains("heddle_num_requests_running");
    assertThat(PLATFORM.get("/health").body()).contains("\"UP\"");
    assertThat(PlatformFixture.expect(200, PLATFORM.get("/version")).path("version").asString())
        .isNotBlank();
  }

  @Test
  void answers_are_counted_by_model_and_adapter() {
    PlatformFixture.expect(200, PLATFORM.post("/v1/completions", CHAT.replace("true", "false")));
    PlatformFixture.expect(
        200,
        PLATFORM.post(
            "/v1/chat/completions", PlatformFixture.chat("intent", "turn it on").toString()));

    assertThat(PLATFORM.get("/metrics").body())
        .containsPattern("heddle_generation_tokens_total\\{adapter=\"base\",model=\"base\"} [1-9]")
        .containsPattern(
            "heddle_generation_tokens_total\\{adapter=\"sha256:[0-9a-f]{64}\",model=\"base\"} [1-9]")
        .containsPattern("heddle_requests_ended_total\\{adapter=\"sha256:[0-9a-f]{64}\"")
        .doesNotContain("intent@");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/chat/completions", "/completions", "/v1/v1/completions"})
  void a_base_url_without_v1_brings_a_hint(String path) {
    var answer = PlatformFixture.expect(404, PLATFORM.post(path, CHAT));
    assertThat(answer.path("error").path("message").asString()).contains("/v1");
  }

  @Test
  void pages_of_other_origins_are_not_let_in_unless_it_is_set() throws IOException {
    assertThat(
            raw(
                "OPTIONS /v1/models HTTP/1.1\r\nHost: x\r\nOrigin: https://page.example\r\n"
                    + "Access-Control-Request-Method: GET\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 401")
        .doesNotContainIgnoringCase("access-control-allow-origin");
  }
}
