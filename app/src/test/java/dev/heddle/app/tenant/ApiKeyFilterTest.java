package dev.heddle.app.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.error.Errors;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import java.lang.reflect.Method;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.reactive.result.method.RequestMappingInfo;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import reactor.core.publisher.Mono;

class ApiKeyFilterTest {
  private static final Map<String, Principal> KEYS = new HashMap<>();
  private static final Map<String, UUID> TENANTS =
      Map.of("default", UUID.randomUUID(), "other", UUID.randomUUID());

  static {
    for (Scope scope : Scope.values()) {
      KEYS.put("key-" + scope.text(), principal(scope.text(), Set.of(scope)));
    }
    KEYS.put("key-all", principal("all", EnumSet.allOf(Scope.class)));
  }

  private final List<UUID> used = new ArrayList<>();
  private final ApiKeyFilter filter =
      new ApiKeyFilter(KEYS::get, request -> null, TENANTS::get, used::add, List.of(mapping()));

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
        "/v1/models, Bearer key-admin, INSUFFICIENT_PERMISSIONS",
        "/%761/models, Bearer key-admin, INSUFFICIENT_PERMISSIONS",
        "/v1;x=1/models, Bearer key-admin, INSUFFICIENT_PERMISSIONS",
        "/v1/anything, -, INVALID_API_KEY",
        "/v1/anything, Bearer key-admin, -",
        "/api/v1/adapters, Bearer key-adapters, -",
        "/api/v1/adapters, Bearer key-inference, INSUFFICIENT_PERMISSIONS",
        "/api/v1/adapters, Bearer key-admin, -",
        "/api/v1/status, Bearer key-adapters, INSUFFICIENT_PERMISSIONS",
        "/api/v1/status, Bearer key-admin, -",
        "/open, -, -",
        "/unstated, Bearer key-adapters, INSUFFICIENT_PERMISSIONS",
        "/unstated, Bearer key-admin, -",
        "/actuator/health/readiness, -, -",
        "/version, -, -",
        "/actuator/env, -, INVALID_API_KEY",
        "/actuator/env, Bearer key-adapters, INSUFFICIENT_PERMISSIONS",
        "/, -, INVALID_API_KEY"
      })
  void a_handler_opens_to_keys_of_its_scope(
      String path, @Nullable String authorization, @Nullable ErrorCode refusal) {
    MockServerHttpRequest.BaseBuilder<?> request =
        MockServerHttpRequest.method(HttpMethod.GET, URI.create(path));
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
  void a_key_may_stand_in_the_other_header_unless_the_usual_one_is_there() {
    MockServerHttpRequest.BaseBuilder<?> request =
        MockServerHttpRequest.get("/v1/models").header("x-api-key", " key-inference");
    MockServerWebExchange exchange = MockServerWebExchange.from(request);
    filter.filter(exchange, next -> Mono.empty()).block();
    assertThat(Caller.of(exchange)).isEqualTo(KEYS.get("key-inference"));

    MockServerWebExchange both =
        MockServerWebExchange.from(request.header("Authorization", "Bearer nobody"));
    assertThat(catchThrowable(() -> filter.filter(both, next -> Mono.empty()).block()))
        .isInstanceOf(ApiException.class);
  }

  @Test
  void who_was_let_in_is_known_downstream() {
    MockServerWebExchange exchange =
        MockServerWebExchange.from(
            MockServerHttpRequest.get("/v1/models")
                .header("Authorization", "Bearer key-inference"));

    filter.filter(exchange, next -> Mono.empty()).block();

    assertThat(Caller.of(exchange)).isEqualTo(KEYS.get("key-inference"));
    assertThat(used).containsExactly(KEYS.get("key-inference").keyId());
  }

  @Test
  void an_operator_acts_for_another_tenant_and_stays_who_it_is() {
    MockServerWebExchange exchange = acting("/api/v1/adapters", "key-admin", "other");

    filter.filter(exchange, next -> Mono.empty()).block();

    Principal caller = Caller.of(exchange);
    Principal key = KEYS.get("key-admin");
    assertThat(caller.tenantId()).isEqualTo(TENANTS.get("other"));
    assertThat(caller.tenant()).isEqualTo("other");
    assertThat(caller.actor()).isEqualTo(key.actor());
    assertThat(caller.keyId()).isEqualTo(key.keyId());
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/adapters, key-adapters, other, insufficient_permissions",
    "/api/v1/adapters, key-adapters, default, insufficient_permissions",
    "/api/v1/adapters, key-adapters, nobody, insufficient_permissions",
    "/v1/models, key-inference, other, insufficient_permissions",
    "/v1/models, key-inference, nobody, insufficient_permissions",
    "/v1/models, key-all, other, insufficient_permissions",
    "/api/v1/adapters, key-admin, nobody, not_found",
    "/api/v1/adapters, key-admin, 'other,default', not_found",
  })
  void nobody_else_acts_for_a_tenant_or_learns_which_there_are(
      String path, String key, String tenant, String code) {
    MockServerWebExchange exchange = acting(path, key, tenant);

    Throwable thrown = catchThrowable(() -> filter.filter(exchange, next -> Mono.empty()).block());

    assertThat(Errors.of(thrown, "id", "").code().code()).isEqualTo(code);
    assertThat(exchange.getAttributes()).doesNotContainKey(Caller.class.getName());
  }

  private static MockServerWebExchange acting(String path, String key, String tenant) {
    return MockServerWebExchange.from(
        MockServerHttpRequest.get(path)
            .header("Authorization", "Bearer " + key)
            .header(Caller.ACTING_HEADER, tenant));
  }

  private static RequestMappingHandlerMapping mapping() {
    RequestMappingHandlerMapping mapping = new RequestMappingHandlerMapping();
    for (Method handler : Handlers.class.getDeclaredMethods()) {
      if (handler.isAnnotationPresent(GetMapping.class)) {
        mapping.registerMapping(
            RequestMappingInfo.paths(handler.getAnnotation(GetMapping.class).value()).build(),
            new Handlers(),
            handler);
      }
    }
    return mapping;
  }

  @SuppressWarnings("unused") // by the mapping
  static final class Handlers {
    @Requires(Scope.INFERENCE)
    @GetMapping("/v1/models")
    void models() {}

    @Requires(Scope.ADAPTERS)
    @GetMapping("/api/v1/adapters")
    void adapters() {}

    @Requires(Scope.ADMIN)
    @GetMapping("/api/v1/status")
    void status() {}

    @Open
    @GetMapping("/open")
    void open() {}

    @GetMapping("/unstated")
    void unstated() {}

    @GetMapping("/actuator/health/{*path}")
    void health() {}

    @GetMapping("/version")
    void version() {}

    @GetMapping("/actuator/env")
    void env() {}
  }

  private static Principal principal(String id, Set<Scope> scopes) {
    return new Principal(TENANTS.get("default"), "default", UUID.randomUUID(), id, null, scopes);
  }
}
