package dev.heddle.app.routing;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * Connections to other replicas, kept open between requests. They speak HTTP/1.1, as the server
 * does: one request at a time on each, so that closing one cancels its request, and no answer waits
 * behind another's.
 *
 * <p>An answer in one piece may be silent for as long as it takes, so there is no limit of time for
 * it. The system asks the other side for a sign of life instead: a machine that has gone is noticed
 * within {@value #IDLE_SECONDS} + {@value #PROBES} × {@value #PROBE_SECONDS} s.
 */
final class PeerConnections implements AutoCloseable {
  /** In one data centre a connection takes a millisecond. */
  static final Duration CONNECT_WAIT = Duration.ofSeconds(1);

  private static final Duration IDLE_MAX = Duration.ofSeconds(30);
  private static final int IDLE_SECONDS = 10;
  private static final int PROBE_SECONDS = 5;
  private static final int PROBES = 3;

  private final ConnectionProvider pool;
  private final WebClient client;

  /**
   * @param most connections to one replica
   * @param trust whose certificates are taken where replicas speak HTTPS; null for the JDK's choice
   */
  PeerConnections(int most, @Nullable TrustManager trust) {
    this.pool =
        ConnectionProvider.builder("heddle-replicas")
            .maxConnections(most)
            .pendingAcquireTimeout(CONNECT_WAIT)
            .maxIdleTime(IDLE_MAX)
            .build();
    HttpClient http =
        probed(trust == null ? HttpClient.create(pool) : trusting(HttpClient.create(pool), trust))
            .protocol(HttpProtocol.HTTP11)
            // Whether a request may be sent again is not for a connection to say.
            .disableRetry(true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_WAIT.toMillis());
    this.client = WebClient.builder().clientConnector(new ReactorClientHttpConnector(http)).build();
  }

  private static HttpClient trusting(HttpClient http, TrustManager trust) {
    try {
      SslContext context = SslContextBuilder.forClient().trustManager(trust).build();
      return http.secure(tls -> tls.sslContext(context));
    } catch (SSLException e) {
      throw new IllegalStateException("every JDK has TLS", e);
    }
  }

  WebClient client() {
    return client;
  }

  /** Sockets of Java's own, where Netty has no others, are asked as often as the system says. */
  private static HttpClient probed(HttpClient http) {
    HttpClient alive = http.option(ChannelOption.SO_KEEPALIVE, true);
    return LoopResources.hasNativeSupport()
        ? alive
            .option(EpollChannelOption.TCP_KEEPIDLE, IDLE_SECONDS)
            .option(EpollChannelOption.TCP_KEEPINTVL, PROBE_SECONDS)
            .option(EpollChannelOption.TCP_KEEPCNT, PROBES)
            // Nobody is probed while what was sent is not acknowledged.
            .option(
                EpollChannelOption.TCP_USER_TIMEOUT, 1000 * (IDLE_SECONDS + PROBES * PROBE_SECONDS))
        : alive;
  }

  @Override
  public void close() {
    pool.dispose();
  }
}
