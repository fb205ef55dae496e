package dev.heddle.app.config;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** How the server reads from its sockets. */
@Configuration(proxyBeanMethods = false)
class HttpConfiguration {
  /** As much as is read at once: a body cut smaller costs uploads a hand-over for each piece. */
  private static final int PIECE_BYTES_MAX = 64 << 10;

  @Bean
  LargePieces largePieces() {
    return new LargePieces();
  }

  /** Last of all, since who sets the decoder later forgets what was set before. */
  static final class LargePieces
      implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory>, Ordered {
    // Deprecated as without effect, but it is what Netty's decoder cuts by, and 8 KiB unless set.
    @SuppressWarnings("deprecation")
    @Override
    public void customize(NettyReactiveWebServerFactory factory) {
      factory.addServerCustomizers(
          server -> server.httpRequestDecoder(decoder -> decoder.maxChunkSize(PIECE_BYTES_MAX)));
    }

    @Override
    public int getOrder() {
      return LOWEST_PRECEDENCE;
    }
  }
}
