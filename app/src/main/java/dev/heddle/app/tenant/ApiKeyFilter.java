package dev.heddle.app.tenant;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.registry.access.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets in whoever shows a key with the scope that the path needs: {@code Authorization: Bearer
 * KEY}. Everything but health and metrics needs one, paths that do not exist too.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
final class ApiKeyFilter implements WebFilter {
  private static final String SCHEME = "Bearer ";
  private static final String REFUSED =
      "Incorrect or no API key provided. Send one as 'Authorization: Bearer KEY'.";

  private final KeyDirectory keys;

  ApiKeyFilter(KeyDirectory keys) {
    this.keys = keys;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getPath().value();
    if (Scopes.isOpen(path)) {
      return chain.filter(exchange);
    }
    String key = bearer(exchange.getRequest());
    Principal caller = key == null ? null : keys.find(key);
    if (caller == null) {
      return Mono.error(new ApiException(ErrorCode.INVALID_API_KEY, REFUSED));
    }
    if (!Scopes.allows(caller, path)) {
      return Mono.error(
          new ApiException(
              ErrorCode.INSUFFICIENT_PERMISSIONS, "This API key lacks the scope that this needs."));
    }
    Caller.attach(exchange, caller);
    return chain.filter(exchange);
  }

  private static @Nullable String bearer(ServerHttpRequest request) {
    String header = request.getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    return header.substring(SCHEME.length()).strip();
  }
}
