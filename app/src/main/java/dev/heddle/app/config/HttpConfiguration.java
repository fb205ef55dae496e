package dev.heddle.app.config;

import dev.heddle.app.request.BodyDeadline;
import dev.heddle.app.request.ConnectionLimit;
import dev.heddle.app.request.HalfConnections;
import dev.heddle.app.tenant.Seal;
import dev.heddle.registry.db.Installation;
import dev.heddle.registry.db.RegistryDatabase;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.reactive.CorsWebFilter;
import org.springframework.web.cors.reactive.UrlBasedCorsConfigurationSource;
import org.springframework.web.server.WebFilter;
import reactor.netty.NettyPipeline;

/** How the server reads from its sockets, how it signs sessions, and which origins may ask it. */
@Configuration(proxyBeanMethods = false)
class HttpConfiguration {
  /** As much as is read at once: a body cut smaller costs uploads a hand-over for each piece. */
  private static final int PIECE_BYTES_MAX = 64 << 10;

  @Bean
  Connections connections(HeddleProperties properties) {
    return new Connections(
        properties.serving().readWait(), new ConnectionLimit(properties.serving().connections()));
  }

  @Bean
  BodyDeadline bodyDeadline(HeddleProperties properties) {
    return new BodyDeadline(properties.serving().readWait());
  }

  @Bean
  Seal seal(HeddleProperties properties, RegistryDatabase database) {
    String secret = properties.console().sessionSecret();
    return secret == null ? new Seal(Installation.sessionSecret(database)) : Seal.of(secret);
  }

  /**
   * Lets pages of the origins that are set read the answers, and answers their preflight requests,
   * which have no key. There are no cookies to send: the key is in a header.
   */
  @Bean
  @Order(Ordered.HIGHEST_PRECEDENCE + 7)
  WebFilter crossOrigin(HeddleProperties properties) {
    return crossOrigin(properties.cors().origins());
  }

  static WebFilter crossOrigin(List<String> origins) {
    if (origins.isEmpty()) {
      return (exchange, chain) -> chain.filter(exchange);
    }
    CorsConfiguration rules = new CorsConfiguration();
    rules.setAllowedOrigins(origins);
    rules.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"));
    rules.addAllowedHeader(CorsConfiguration.ALL);
    rules.addExposedHeader(CorsConfiguration.ALL);
    rules.setMaxAge(Duration.ofHours(1));
    UrlBasedCorsConfigurationSource paths = new UrlBasedCorsConfigurationSource();
    paths.registerCorsConfiguration("/v1/**", rules);
    paths.registerCorsConfiguration("/api/v1/**", rules);
    return new CorsWebFilter(paths);
  }

  /** Last of all, since who sets the decoder later forgets what was set before. */
  static final class Connections
      implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {
    private final Duration readWait;
    private final ConnectionLimit limit;

    Connections(Duration readWait, ConnectionLimit limit) {
      this.readWait = readWait;
      this.limit = limit;
    }

    // Deprecated as without effect, but it is what Netty's decoder cuts by, and 8 KiB unless set.
    @SuppressWarnings("deprecation")
    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
      factory.addServerCustomizers(server ->
          server
              .httpRequestDecoder(decoder -> decoder.maxChunkSize(PIECE_BYTES_MAX))
              .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
              .doOnChannelInit((observer, channel, address) -> {
                limit.count(channel);
                channel
                    .pipeline()
                    .addAfter(
                        NettyPipeline.HttpCodec,
                        HalfConnections.class.getName(),
                        new HalfConnections(readWait));
              }));
    }

    @Override
    public int getOrder() {
      return LOWEST_PRECEDENCE;
    }
  }
}
