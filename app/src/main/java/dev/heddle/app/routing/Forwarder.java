package dev.heddle.app.routing;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.error.Surface;
import dev.heddle.app.request.RequestId;
import dev.heddle.registry.replica.Replica;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Hands a request to another replica, and its answer back as it comes, byte for byte. The caller's
 * own key goes along and is looked at again there, where all is counted: limits, usage, metrics.
 * Who stops reading here stops the other replica.
 */
public final class Forwarder implements AutoCloseable {
  /** Who answers. */
  public static final String REPLICA = "X-Heddle-Replica";

  /** Who has forwarded a request; one that has this, whatever it says, is served where it comes. */
  public static final String FORWARDED = "X-Heddle-Forwarded";

  /** Decides between versions of a name. */
  public static final String STICKY = "x-heddle-sticky";

  private static final Logger log = LoggerFactory.getLogger(Forwarder.class);

  /** What a message says of its own connection. */
  private static final Set<String> OF_THE_CONNECTION =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** What is written anew, or was dealt with here. */
  private static final Set<String> NOT_ASKED =
      Set.of("host", "expect", "idempotency-key", "origin", "x-request-id");

  private static final Duration LOOK = Duration.ofMillis(500);

  /**
   * So often in a row a replica has to be gone: a machine that is overloaded says nothing either.
   */
  private static final int LOOKS = 10;

  private final String self;
  private final boolean signs;
  private final PeerConnections peers;
  private final Predicate<Replica> gone;
  private final Counter answered;
  private final Counter declined;
  private final Counter unreachable;
  private final Counter lost;

  /**
   * @param self what this replica is called
   * @param signs whether answers name it: where other replicas can reach it
   * @param connections most to one replica
   * @param trust whose certificates are taken where replicas speak HTTPS; null for the JDK's choice
   * @param gone whether the fleet takes a replica for gone; answers at once
   */
  public Forwarder(
      String self,
      boolean signs,
      int connections,
      @Nullable PeerTrust trust,
      Predicate<Replica> gone,
      MeterRegistry meters) {
    this.self = printable(self);
    this.signs = signs;
    this.peers = new PeerConnections(connections, trust);
    this.gone = gone;
    this.answered = counter(meters, "answered");
    this.declined = counter(meters, "declined");
    this.unreachable = counter(meters, "unreachable");
    this.lost = counter(meters, "lost");
  }

  private static Counter counter(MeterRegistry meters, String outcome) {
    return meters.counter("heddle.requests.forwarded", "outcome", outcome);
  }

  /** Says that this replica answers, unless the answer of another is handed back. */
  void sign(ServerHttpResponse response) {
    if (signs) {
      response.getHeaders().set(REPLICA, self);
    }
  }

  /** Whether a request has been forwarded. Anybody can say so, and only keeps the request here. */
  public static boolean isForwarded(ServerHttpRequest request) {
    return request.getHeaders().containsHeader(FORWARDED);
  }

  /**
   * Answers an exchange by another replica's answer.
   *
   * @param body of the request, as it came
   * @return ends with {@link UnreachableException} if nothing was begun there, and nothing answered
   *     here; with REPLICA_LOST if the other replica has gone before it began to answer
   */
  public Mono<Void> forward(ServerWebExchange exchange, byte[] body, Hop hop) {
    return send(
        exchange, BodyInserters.fromValue(body), hop, answer -> isRefused(answer) || lacks(answer));
  }

  /**
   * As {@link #forward}, for a request that only the other replica can answer: its body has not
   * been read, and goes on as it comes, no faster than the other one takes it.
   */
  Mono<Void> forwardUnread(ServerWebExchange exchange, Replica target) {
    AtomicReference<Throwable> ownFault = new AtomicReference<>();
    Flux<DataBuffer> body = exchange.getRequest().getBody().doOnError(ownFault::set);
    return send(
            exchange,
            BodyInserters.fromDataBuffers(body),
            new Hop(target, null),
            Forwarder::isRefused)
        .onErrorMap(e -> Objects.requireNonNullElse(ownFault.get(), e));
  }

  private Mono<Void> send(
      ServerWebExchange exchange,
      BodyInserter<?, ? super ClientHttpRequest> body,
      Hop hop,
      Predicate<ClientResponse> declines) {
    AtomicBoolean begun = new AtomicBoolean();
    AtomicBoolean answers = new AtomicBoolean();
    ServerHttpRequest request = exchange.getRequest();
    return peers
        .client()
        .method(request.getMethod())
        .uri(uri(hop.target(), request.getURI()))
        .headers(headers -> ask(headers, exchange, hop))
        .httpRequest(connected -> begun.set(true))
        .body(body)
        .exchangeToMono(answer -> {
          answers.set(true);
          return declines.test(answer)
              ? decline(answer, hop.target())
              : tell(exchange, answer, hop.target());
        })
        .onErrorMap(
            WebClientRequestException.class,
            e -> begun.get() ? lost(e, hop.target()) : unreachable(e, hop.target()))
        .takeUntilOther(silence(hop.target(), () -> !answers.get()));
  }

  /**
   * Fails some time after the fleet has taken a replica for gone. One that is paused keeps its
   * connections, and would be waited for until it goes on.
   */
  private Mono<Void> silence(Replica target, BooleanSupplier matters) {
    return Flux.interval(LOOK)
        .scan(0, (looks, tick) -> matters.getAsBoolean() && gone.test(target) ? looks + 1 : 0)
        .filter(looks -> looks == LOOKS)
        .next()
        .flatMap(looks -> Mono.error(lost(new IOException("it says nothing"), target)));
  }

  private static URI uri(Replica target, URI asked) {
    String query = asked.getRawQuery();
    return URI.create(
        Objects.requireNonNull(target.address(), "is chosen by it")
            + asked.getRawPath()
            + (query == null ? "" : "?" + query));
  }

  private void ask(HttpHeaders headers, ServerWebExchange exchange, Hop hop) {
    copy(exchange.getRequest().getHeaders(), headers, NOT_ASKED);
    headers.set(FORWARDED, self);
    headers.set(RequestId.HEADER, RequestId.of(exchange));
    if (hop.stickyKey() != null) {
      headers.set(STICKY, hop.stickyKey());
    }
  }

  private Mono<Void> tell(ServerWebExchange exchange, ClientResponse answer, Replica target) {
    HttpHeaders headers = answer.headers().asHttpHeaders();
    answered.increment();
    ServerHttpResponse response = exchange.getResponse();
    response.setStatusCode(answer.statusCode());
    copy(headers, response.getHeaders(), Set.of());
    Flux<DataBuffer> body =
        answer
            .bodyToFlux(DataBuffer.class)
            .onErrorMap(e -> lost(e, target))
            .takeUntilOther(silence(target, () -> true));
    boolean stream = MediaType.TEXT_EVENT_STREAM.isCompatibleWith(headers.getContentType());
    return response.writeWith(
        stream ? body.onErrorResume(ApiException.class, e -> Mono.just(event(exchange, e))) : body);
  }

  private Mono<Void> decline(ClientResponse answer, Replica target) {
    declined.increment();
    return answer
        .releaseBody()
        .then(Mono.error(new UnreachableException(target.name() + " does not take it")));
  }

  /** Whether the other replica stops, and lets nobody in: whom it lets in, it signs for. */
  private static boolean isRefused(ClientResponse answer) {
    return answer.statusCode().isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE)
        && !answer.headers().asHttpHeaders().containsHeader(REPLICA);
  }

  /** Whether the other replica has not heard yet of a version that was made a moment ago. */
  private static boolean lacks(ClientResponse answer) {
    return answer.statusCode().isSameCodeAs(HttpStatus.NOT_FOUND);
  }

  /** The stream's last words, after whatever event was cut short. */
  private static DataBuffer event(ServerWebExchange exchange, ApiException error) {
    String path = exchange.getRequest().getPath().value();
    Surface surface = Surface.of(path);
    String data = surface.body(error, path, RequestId.of(exchange)).toString();
    String named = surface == Surface.ANTHROPIC ? "event: error\n" : "";
    String text = "\n\n" + named + "data: " + data + "\n\n";
    return exchange.getResponse().bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void copy(HttpHeaders from, HttpHeaders to, Set<String> without) {
    List<String> named = from.getConnection();
    from.forEach((name, values) -> {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!OF_THE_CONNECTION.contains(lower)
          && !without.contains(lower)
          && named.stream().noneMatch(lower::equalsIgnoreCase)) {
        to.put(name, values);
      }
    });
  }

  private UnreachableException unreachable(Throwable cause, Replica target) {
    unreachable.increment();
    log.debug("{} is not reached, so its request is served here", target.name(), cause);
    return new UnreachableException(target.name() + " is not reached", cause);
  }

  private ApiException lost(Throwable cause, Replica target) {
    lost.increment();
    log.warn("{} has gone while it answered: {}", target.name(), cause.getMessage());
    return new ApiException(
        ErrorCode.REPLICA_LOST, "The replica that was answering has gone; send the request again.");
  }

  private static String printable(String name) {
    return name.replaceAll("[^\\x21-\\x7e]", "?");
  }

  @Override
  public void close() {
    peers.close();
  }
}
