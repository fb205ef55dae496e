package dev.heddle.app.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.format.Digest;
import dev.heddle.registry.replica.Replica;
import dev.heddle.registry.replica.Start;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableChannel;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.test.StepVerifier;

/** What a request becomes on its way to another server, and the answer on its way back. */
class ForwarderTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final byte[] BODY =
      "{ \"model\":\"sql\",  \"n\":1.0}".getBytes(StandardCharsets.UTF_8);

  private final Forwarder forwarder =
      new Forwarder("one", true, 10, null, replica -> false, new SimpleMeterRegistry());
  private final MockServerWebExchange exchange =
      MockServerWebExchange.from(
          MockServerHttpRequest.method(HttpMethod.POST, URI.create("/v1/completions?a=%20b"))
              .header("Authorization", "Bearer hdl_key")
              .header("Content-Type", "application/json")
              .header("Connection", "x-own, keep-alive")
              .header("X-Own", "of this connection")
              .header("Origin", "https://app.example.com"));

  private DisposableServer server = HttpServer.create().port(0).handle(ok("")).bindNow();

  @AfterEach
  void stop() {
    server.disposeNow();
    forwarder.close();
  }

  @Test
  void body_and_key_go_as_they_came_and_the_answer_comes_as_it_is() {
    AtomicReference<HttpServerRequest> asked = new AtomicReference<>();
    AtomicReference<String> body = new AtomicReference<>();
    serve((request, response) -> {
      asked.set(request);
      return request
          .receive()
          .aggregate()
          .asString()
          .flatMap(text -> {
            body.set(text);
            return response
                .status(429)
                .header("Retry-After", "7")
                .header(Forwarder.REPLICA, "two")
                .sendString(Flux.just("da", "ta: \u00e4", "\n\n: \n"))
                .then();
          });
    });

    forward(new Hop(server(), "drawn")).verifyComplete();

    assertThat(body.get()).isEqualTo(new String(BODY, StandardCharsets.UTF_8));
    assertThat(asked.get().uri()).isEqualTo("/v1/completions?a=%20b");
    assertThat(asked.get().requestHeaders().get("Authorization")).isEqualTo("Bearer hdl_key");
    assertThat(asked.get().requestHeaders().get(Forwarder.FORWARDED)).isEqualTo("one");
    assertThat(asked.get().requestHeaders().get(Forwarder.STICKY)).isEqualTo("drawn");
    assertThat(asked.get().requestHeaders().contains("X-Own")).isFalse();
    assertThat(asked.get().requestHeaders().contains("Origin")).isFalse();
    assertThat(exchange.getResponse().getStatusCode()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
    assertThat(exchange.getResponse().getHeaders().getFirst("Retry-After")).isEqualTo("7");
    assertThat(exchange.getResponse().getHeaders().getFirst(Forwarder.REPLICA)).isEqualTo("two");
    assertThat(exchange.getResponse().getHeaders().containsHeader("Transfer-Encoding")).isFalse();
    assertThat(answer()).isEqualTo("data: \u00e4\n\n: \n");
  }

  @Test
  void what_nobody_takes_may_be_served_here() {
    Replica gone = server();
    server.disposeNow();
    forward(new Hop(gone, null)).verifyError(UnreachableException.class);
    assertThat(exchange.getResponse().isCommitted()).isFalse();
  }

  @Test
  void a_server_that_stops_or_does_not_know_the_model_has_not_taken_it() {
    serve((request, response) -> response.status(503).send());
    forward(new Hop(server(), null)).verifyError(UnreachableException.class);
    serve((request, response) -> response.status(404).header(Forwarder.REPLICA, "two").send());
    forward(new Hop(server(), null)).verifyError(UnreachableException.class);
    serve((request, response) -> response.status(503).header(Forwarder.REPLICA, "two").send());
    forward(new Hop(server(), null)).verifyComplete();
  }

  @Test
  void a_server_that_goes_before_it_answers_is_lost() {
    serve((request, response) -> {
      return response.withConnection(DisposableChannel::dispose).then(Mono.never());
    });
    forward(new Hop(server(), null))
        .verifyErrorMatches(
            e -> e instanceof ApiException error && error.code() == ErrorCode.REPLICA_LOST);
  }

  @Test
  void a_stream_that_is_cut_ends_with_an_error_event() {
    serve((request, response) ->
        response
            .header("Content-Type", "text/event-stream")
            .sendString(
                Flux.just("data: {\"a\":1}\n\ndata: {\"b")
                    .concatWith(Mono.error(new IllegalStateException("cut")))));
    forward(new Hop(server(), null)).verifyComplete();
    assertThat(answer())
        .startsWith("data: {\"a\":1}\n\n")
        .contains("\n\ndata: {\"error\":", "\"replica_lost\"")
        .endsWith("\n\n");
  }

  private String answer() {
    return exchange
        .getResponse()
        .getBody()
        .map(part -> part.toString(StandardCharsets.UTF_8))
        .collect(Collectors.joining())
        .blockOptional(LONG)
        .orElseThrow();
  }

  private StepVerifier.FirstStep<Void> forward(Hop hop) {
    return StepVerifier.create(forwarder.forward(exchange, BODY, hop));
  }

  private void serve(BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
    server.disposeNow();
    server = HttpServer.create().host("127.0.0.1").port(0).handle(handler).bindNow();
  }

  private static BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> ok(
      String text) {
    return (request, response) -> response.sendString(Mono.just(text));
  }

  private Replica server() {
    return new Replica(
        new Start(new UUID(0, 2), 1),
        "two",
        URI.create("http://127.0.0.1:" + server.port()),
        Replica.State.SERVING,
        new Digest("ab".repeat(32)),
        Set.of(),
        Replica.Load.NONE,
        Instant.EPOCH,
        Instant.EPOCH);
  }
}
