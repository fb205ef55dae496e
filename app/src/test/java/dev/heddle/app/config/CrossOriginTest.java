package dev.heddle.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

class CrossOriginTest {
  private static final String PAGE = "https://page.example";

  private final AtomicBoolean passed = new AtomicBoolean();

  @Test
  void a_preflight_of_an_origin_that_is_set_is_answered_without_a_key() {
    HttpHeaders answer = preflight(PAGE, List.of(PAGE)).getResponse().getHeaders();
    assertThat(passed).isFalse();
    assertThat(answer.getAccessControlAllowOrigin()).isEqualTo(PAGE);
    assertThat(answer.getAccessControlAllowHeaders()).contains("authorization", "x-api-key");
  }

  @Test
  void all_origins_may_be_set() {
    assertThat(
            preflight(PAGE, List.of("*")).getResponse().getHeaders().getAccessControlAllowOrigin())
        .isEqualTo("*");
  }

  @Test
  void another_origin_is_refused() {
    assertThat(preflight("https://other.example", List.of(PAGE)).getResponse().getStatusCode())
        .isEqualTo(HttpStatus.FORBIDDEN);
    assertThat(passed).isFalse();
  }

  @Test
  void without_a_setting_nothing_is_answered() {
    HttpHeaders answer = preflight(PAGE, List.of()).getResponse().getHeaders();
    assertThat(passed).isTrue();
    assertThat(answer.getAccessControlAllowOrigin()).isNull();
  }

  private MockServerWebExchange preflight(String origin, List<String> set) {
    MockServerWebExchange exchange =
        MockServerWebExchange.from(
            MockServerHttpRequest.options("http://heddle.example/v1/chat/completions")
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization, x-api-key"));
    HttpConfiguration.crossOrigin(set)
        .filter(
            exchange,
            next -> {
              passed.set(true);
              return Mono.empty();
            })
        .block();
    return exchange;
  }
}
