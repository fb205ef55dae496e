package dev.heddle.console;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** What browsers are told of the console's pages: nothing inline, nothing foreign, no frames. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 5)
final class SecurityHeaders implements WebFilter {
  /** Pictures in data: URLs are the style sheet's own icons. */
  private static final String POLICY =
      "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
          + " form-action 'self'; frame-ancestors 'none'";

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getPath().value();
    if (path.equals("/") || path.equals("/console") || path.startsWith("/console/")) {
      HttpHeaders headers = exchange.getResponse().getHeaders();
      headers.set("Content-Security-Policy", POLICY);
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("X-Frame-Options", "DENY");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("Cross-Origin-Opener-Policy", "same-origin");
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
      if (!Assets.serves(path)) {
        headers.setCacheControl("no-store");
      }
    }
    return chain.filter(exchange);
  }
}
