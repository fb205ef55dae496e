package dev.heddle.app.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Mono;

class ApiKeyFilterTest {
  private static final Map<String, Principal> KEYS = new HashMap<>();

  static {
    for (Scope scope : Scope.values()) {
      KEYS.put("key-" + scope.text(), principal(scope));
    }
  }

  private final ApiKeyFilter filter = new ApiKeyFilter(KEYS::get);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "/v1/models, -, INVALID_API_KEY",
        "/v1/models, Bearer nobody, INVALID_API_KEY",
        "/v1/models, Bearer, INVALID_API_KEY",
        "/v1/models, Basic key-inference, INVALID_API_KEY",
        "/v1/models, key-inference, INVALID_API_KEY",
        "/v1/models, Bearer key-inference, -",
        "/v1/models, bearer key-inference, -",
        "/v1/models, Bearer key-adapters, INSUFFICIENT_PERMISSIONS",
        "/v1/anything, -, INVALID_API_KEY",
        "/api/v1/adapters/x, Bearer key-adapters, -",
        "/api/v1/adapters/x, Bearer key-inference, INSUFFICIENT_PERMISSIONS",
        "/api/v1/keys, Bearer key-adapters, INSUFFICIENT_PERMISSIONS",
        "/api/v1/keys, Bearer key-admin, -",
        "/api/v1/status, Bearer key-admin, -",
        "/api/v1/adaptersandmore, Bearer key-adapters, INSUFFICIENT_PERMISSIONS",
        "/actuator/health/readiness, -, -",
        "/actuator/prometheus, -, -",
        "/actuator/env, -, INVALID_API_KEY",
        "/, -, INVALID_API_KEY"
      })
  void a_path_opens_to_keys_of_its_scope(
      String path, @Nullable String authorization, @Nullable ErrorCode refusal) {
    MockServerHttpRequest.BaseBuilder<?> request = MockServerHttpRequest.get(path);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    MockServerWebExchange exchange = MockServerWebExchange.from(request);

    Throwable thrown = catchThrowable(() -> filter.filter(exchange, next -> Mono.empty()).block());

    if (refusal == null) {
      assertThat(thrown).isNull();
    } else {
      assertThat(((ApiException) thrown).code()).isEqualTo(refusal);
    }
  }

  @Test
  void who_was_let_in_is_known_downstream() {
    MockServerWebExchange exchange =
        MockServerWebExchange.from(
            MockServerHttpRequest.get("/v1/models")
                .header("Authorization", "Bearer key-inference"));

    filter.filter(exchange, next -> Mono.empty()).block();

    assertThat(Caller.of(exchange)).isEqualTo(KEYS.get("key-inference"));
  }

  private static Principal principal(Scope scope) {
    return new Principal(
        UUID.randomUUID(), "default", UUID.randomUUID(), scope.text(), Set.of(scope));
  }
}
