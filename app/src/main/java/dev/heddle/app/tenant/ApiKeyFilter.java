package dev.heddle.app.tenant;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import java.util.List;
import java.util.UUID;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets in whoever shows a key with the scope that the path needs: {@code Authorization: Bearer
 * KEY}. Everything but health and metrics needs one, paths that do not exist too. An operator may
 * act for a tenant: {@code x-heddle-tenant: NAME}.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 20)
final class ApiKeyFilter implements WebFilter {
  private static final String REFUSED =
      "Incorrect or no API key provided. Send one as 'Authorization: Bearer KEY'.";

  private final KeyDirectory keys;
  private final TenantDirectory tenants;
  private final KeyUse uses;

  ApiKeyFilter(KeyDirectory keys, TenantDirectory tenants, KeyUse uses) {
    this.keys = keys;
    this.tenants = tenants;
    this.uses = uses;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getPath().value();
    if (Scopes.isOpen(path)) {
      return chain.filter(exchange);
    }
    String key = Bearer.of(exchange.getRequest());
    Principal caller = key == null ? null : keys.find(key);
    if (caller == null) {
      return Mono.error(new ApiException(ErrorCode.INVALID_API_KEY, REFUSED));
    }
    uses.used(caller.keyId());
    if (!Scopes.allows(caller, path)) {
      return Mono.error(lacksScope());
    }
    return Mono.defer(() -> {
      Caller.attach(exchange, effective(caller, exchange.getRequest(), path));
      return chain.filter(exchange);
    });
  }

  /** Only an operator learns whether there is a tenant of the name given. */
  private Principal effective(Principal caller, ServerHttpRequest request, String path) {
    List<String> named = request.getHeaders().getOrEmpty(Caller.ACTING_HEADER);
    if (named.isEmpty()) {
      return caller;
    }
    if (!caller.may(Scope.ADMIN) || Scopes.isInference(path)) {
      throw lacksScope();
    }
    if (named.size() > 1) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST, "A request is for one tenant.", Caller.ACTING_HEADER);
    }
    UUID tenant = tenants.find(named.getFirst());
    if (tenant == null) {
      throw new NotFoundException("tenant", named.getFirst());
    }
    return caller.actingFor(tenant, named.getFirst());
  }

  private static ApiException lacksScope() {
    return new ApiException(
        ErrorCode.INSUFFICIENT_PERMISSIONS, "This API key lacks the scope that this needs.");
  }
}
