package dev.heddle.app.api;

import dev.heddle.cli.ProgramVersion;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebHandler;
import reactor.core.publisher.Mono;

/** Paths that probes, scrapers and tools of other servers ask, without a key. */
@Configuration(proxyBeanMethods = false)
class PublicPaths {
  private static final Map<String, String> SAME =
      Map.of(
          "/health", "/actuator/health",
          "/ping", "/actuator/health",
          "/metrics", "/actuator/prometheus");

  /** Other names of what is there, for everything that looks at paths. */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE + 5)
  WebFilter otherNames() {
    return (exchange, chain) -> {
      String same = SAME.get(exchange.getRequest().getPath().value());
      return chain.filter(
          same == null
              ? exchange
              : exchange.mutate().request(request -> request.path(same)).build());
    };
  }

  @Bean
  HandlerMapping versionMapping() {
    WebHandler version = PublicPaths::version;
    return new SimpleUrlHandlerMapping(Map.of("/version", version), Ordered.LOWEST_PRECEDENCE - 10);
  }

  private static Mono<Void> version(ServerWebExchange exchange) {
    byte[] body =
        ("{\"version\":\"" + ProgramVersion.number() + "\"}").getBytes(StandardCharsets.UTF_8);
    ServerHttpResponse response = exchange.getResponse();
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(body)));
  }
}
