package dev.heddle.app.tenant;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.access.KeyUses;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.snapshot.Authentication;
import dev.heddle.registry.snapshot.SnapshotSource;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lets in whoever shows a key with the scope that the matched handler needs: {@code Authorization:
 * Bearer KEY}, {@code x-api-key: KEY}, or the cookie of a browser that has signed in with one. What
 * matches no handler needs a key of any scope. An operator may act for a tenant: {@code
 * x-heddle-tenant: NAME}.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
final class ApiKeyFilter implements WebFilter {
  private static final String REFUSED =
      "Incorrect or no API key provided. Send one as 'Authorization: Bearer KEY' or"
          + " 'x-api-key: KEY'.";

  private final Function<String, @Nullable Principal> keys;
  private final Function<ServerHttpRequest, @Nullable Principal> sessions;
  private final Function<String, @Nullable UUID> tenants;
  private final Consumer<UUID> uses;
  private final List<HandlerMapping> mappings;

  @Autowired
  ApiKeyFilter(
      SnapshotSource registry, Sessions sessions, KeyUses uses, List<HandlerMapping> mappings) {
    this(
        key -> authenticate(registry, key),
        sessions::caller,
        name -> registry.current().tenant(name).orElse(null),
        uses::record,
        mappings);
  }

  ApiKeyFilter(
      Function<String, @Nullable Principal> keys,
      Function<ServerHttpRequest, @Nullable Principal> sessions,
      Function<String, @Nullable UUID> tenants,
      Consumer<UUID> uses,
      List<HandlerMapping> mappings) {
    this.keys = keys;
    this.sessions = sessions;
    this.tenants = tenants;
    this.uses = uses;
    this.mappings = List.copyOf(mappings);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    return access(exchange)
        .flatMap(access -> {
          if (!access.open()) {
            Caller.attach(exchange, caller(exchange.getRequest(), access));
          }
          return chain.filter(exchange);
        });
  }

  /** Asks the mappings as the dispatcher will. Its refusal (405, 415) is left to the dispatcher. */
  private Mono<Access> access(ServerWebExchange exchange) {
    return Flux.fromIterable(mappings)
        .concatMap(mapping -> mapping.getHandler(exchange))
        .next()
        .map(handler -> accessOf(exchange, handler))
        .onErrorReturn(Access.ANY_KEY)
        .defaultIfEmpty(Access.ANY_KEY);
  }

  private static Access accessOf(ServerWebExchange exchange, Object handler) {
    Access stated =
        handler instanceof HandlerMethod method ? Access.stated(method.getMethod()) : null;
    if (stated != null) {
      return stated;
    }
    if (exchange.getRequest().getMethod().equals(HttpMethod.OPTIONS)) {
      return Access.ANY_KEY; // Spring's own answer: the methods, which the API's document has too
    }
    @Nullable PathPattern pattern =
        exchange.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    return Access.unstated(pattern == null ? "" : pattern.getPatternString());
  }

  private Principal caller(ServerHttpRequest request, Access access) {
    Principal caller = shown(request);
    if (caller == null) {
      throw new ApiException(ErrorCode.INVALID_API_KEY, REFUSED);
    }
    uses.accept(caller.keyId());
    if (!access.allows(caller)) {
      throw lacks(access.scope());
    }
    return effective(caller, request, access);
  }

  /** A header counts before a cookie, even a header that says nothing. */
  private @Nullable Principal shown(ServerHttpRequest request) {
    if (!Bearer.isStated(request)) {
      return sessions.apply(request);
    }
    String key = Bearer.of(request);
    return key == null ? null : keys.apply(key);
  }

  /** Null if the key is malformed, unknown, expired or revoked. */
  private static @Nullable Principal authenticate(SnapshotSource registry, String key) {
    return registry.current().authenticate(key, Clock.systemUTC().instant())
            instanceof Authentication.Granted(var principal)
        ? principal
        : null;
  }

  /** Only an operator learns whether there is a tenant of the name given. */
  private Principal effective(Principal caller, ServerHttpRequest request, Access access) {
    List<String> named = request.getHeaders().getOrEmpty(Caller.ACTING_HEADER);
    if (named.isEmpty()) {
      return caller;
    }
    if (!caller.may(Scope.ADMIN)) {
      throw lacks(Scope.ADMIN);
    }
    if (access.scope() == Scope.INFERENCE) {
      throw new ApiException(
          ErrorCode.INSUFFICIENT_PERMISSIONS,
          "Nobody can act for another tenant on /v1.",
          Caller.ACTING_HEADER);
    }
    if (named.size() > 1) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST, "A request is for one tenant.", Caller.ACTING_HEADER);
    }
    UUID tenant = tenants.apply(named.getFirst());
    if (tenant == null) {
      throw new NotFoundException("tenant", named.getFirst());
    }
    return caller.actingFor(tenant, named.getFirst());
  }

  private static ApiException lacks(@Nullable Scope scope) {
    String name = scope == null ? "" : scope.text();
    return new ApiException(
        ErrorCode.INSUFFICIENT_PERMISSIONS, "This API key lacks the scope '" + name + "'.");
  }
}
