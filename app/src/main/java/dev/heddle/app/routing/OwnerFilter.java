package dev.heddle.app.routing;

import dev.heddle.registry.ElsewhereException;
import dev.heddle.registry.replica.Replica;
import dev.heddle.registry.replica.Replicas;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Signs the answers of the APIs, and hands a request that was refused as {@link ElsewhereException}
 * to the replica that has what it is about, in its data folder. Such a refusal comes before a byte
 * of the body is read. Comes after {@code IdempotencyFilter}: the hop is part of the one run, whose
 * answer is kept here.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 40)
final class OwnerFilter implements WebFilter {
  private final Forwarder forwarder;
  private final Replicas replicas;

  OwnerFilter(Forwarder forwarder, Replicas replicas) {
    this.forwarder = forwarder;
    this.replicas = replicas;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    String path = request.getPath().value();
    if (!path.startsWith("/v1/") && !path.startsWith("/api/")) {
      return chain.filter(exchange);
    }
    forwarder.sign(exchange.getResponse());
    Mono<Void> here = chain.filter(exchange);
    return Forwarder.isForwarded(request)
        ? here
        : here.onErrorResume(ElsewhereException.class, refusal -> there(exchange, refusal));
  }

  /** The refusal stays the answer where the owner has gone, or cannot be reached. */
  private Mono<Void> there(ServerWebExchange exchange, ElsewhereException refusal) {
    return Mono.justOrEmpty(refusal.owner())
        .flatMap(owner -> Mono.justOrEmpty(replicas.find(owner)))
        .filter(owner -> owner.address() != null)
        .switchIfEmpty(Mono.error(refusal))
        .flatMap((Replica owner) -> forwarder.forwardUnread(exchange, owner))
        .onErrorMap(UnreachableException.class, e -> refusal);
  }
}
