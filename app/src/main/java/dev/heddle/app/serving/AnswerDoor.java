package dev.heddle.app.serving;

import dev.heddle.app.quota.RequestTurn;
import dev.heddle.app.refusal.RefusalLog;
import dev.heddle.app.request.JsonBody;
import dev.heddle.app.routing.Forwarder;
import dev.heddle.app.routing.Hop;
import dev.heddle.app.routing.UnreachableException;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * The way of every request that names a model, whichever door it comes by: it counts against its
 * tenant's requests, its body is read within the limit, and made an answer on the prompt threads.
 * Nothing here blocks an event loop.
 */
@Component
final class AnswerDoor {
  private final GenerationService generations;
  private final AnswerWriter writer;
  private final RequestLimits limits;
  private final ServingSettings settings;
  private final PromptThreads prompts;
  private final HopFinder hops;
  private final Forwarder forwarder;

  AnswerDoor(
      GenerationService generations,
      ServedModel served,
      ServingSettings settings,
      PromptThreads prompts,
      HopFinder hops,
      Forwarder forwarder) {
    this.generations = generations;
    this.writer = new AnswerWriter(settings.keepAlive());
    this.limits =
        new RequestLimits(served.vocabulary(), settings.maxChoices(), served.structures());
    this.settings = settings;
    this.prompts = prompts;
    this.hops = hops;
    this.forwarder = forwarder;
  }

  /** What a request may ask for. */
  RequestLimits limits() {
    return limits;
  }

  /** Who is to answer a request. */
  private sealed interface Way {
    /** This replica. */
    record Here(AnswerFormat format) implements Way {}

    /** Another one. */
    record There(Hop hop) implements Way {}
  }

  /**
   * Answers by the engine, or by another replica's. What another one answers is counted there
   * alone: its turn here is given back before it leaves.
   *
   * @param prepare reads the body's tree, which it must not keep, and makes the answer ready; may
   *     take its time
   */
  Mono<Void> answer(ServerWebExchange exchange, Function<ObjectNode, AnswerFormat> prepare) {
    return inTurn(
        exchange,
        turn ->
            body(exchange)
                .flatMap(body ->
                    parsed(exchange, body, tree -> way(exchange, tree, prepare))
                        .flatMap(way ->
                            switch (way) {
                              case Way.Here(var format) -> run(exchange, format, turn);
                              case Way.There(var hop) ->
                                  generations
                                      .handBack(turn)
                                      .then(
                                          Mono.defer(() -> forward(exchange, body, hop, prepare)));
                            })));
  }

  private Way way(
      ServerWebExchange exchange, ObjectNode tree, Function<ObjectNode, AnswerFormat> prepare) {
    Hop hop = hops.find(exchange, tree);
    if (hop != null) {
      return new Way.There(hop);
    }
    generations.checkQueue(tenant(exchange)); // a prompt that is refused need not be made
    return new Way.Here(prepare.apply(tree));
  }

  /** A replica that is not reached has begun nothing: the request is as if it had just come. */
  private Mono<Void> forward(
      ServerWebExchange exchange,
      byte[] body,
      Hop hop,
      Function<ObjectNode, AnswerFormat> prepare) {
    return forwarder
        .forward(exchange, body, hop)
        .onErrorResume(
            UnreachableException.class,
            e ->
                inTurn(
                    exchange,
                    turn ->
                        parsed(exchange, body, prepare)
                            .flatMap(format -> run(exchange, format, turn))));
  }

  private Mono<Void> run(ServerWebExchange exchange, AnswerFormat format, RequestTurn turn) {
    ServerHttpResponse response = exchange.getResponse();
    return writer.write(
        response, format, generations.run(format.answer(), turn, response.getHeaders()));
  }

  /** What was never let in costs nothing; its turn is given back before the client hears of it. */
  private Mono<Void> inTurn(ServerWebExchange exchange, Function<RequestTurn, Mono<Void>> work) {
    return generations.inTurn(
        tenant(exchange),
        turn -> work.apply(turn).doOnTerminate(turn::giveBack).doOnCancel(turn::giveBack));
  }

  /** As {@link #answer} without the engine, for an answer that is ready when it is prepared. */
  Mono<ObjectNode> tell(ServerWebExchange exchange, Function<ObjectNode, ObjectNode> prepare) {
    return generations.inTurn(
        tenant(exchange),
        turn ->
            body(exchange)
                .flatMap(body -> parsed(exchange, body, prepare))
                .doOnSuccess(told -> turn.use())
                .doOnError(refused -> turn.giveBack())
                .doOnCancel(turn::giveBack));
  }

  private static UUID tenant(ServerWebExchange exchange) {
    return Asker.of(exchange).caller().tenantId();
  }

  private Mono<byte[]> body(ServerWebExchange exchange) {
    return JsonBody.read(exchange.getRequest(), settings.bodyLimitBytes());
  }

  private <T> Mono<T> parsed(
      ServerWebExchange exchange, byte[] body, Function<ObjectNode, T> prepare) {
    return Mono.fromCallable(() ->
            contained(() -> JsonBody.parse(body, tree -> prepare.apply(noted(exchange, tree)))))
        .subscribeOn(prompts.of(tenant(exchange), body.length));
  }

  /** The same tree; what model it names is known from here on, whatever is wrong with it. */
  private static ObjectNode noted(ServerWebExchange exchange, ObjectNode tree) {
    RefusalLog.noteModel(exchange, tree.path("model").asString("-"));
    return tree;
  }

  /**
   * Reactor takes these errors for the end of the process and signals nobody, so that the client
   * would wait for ever. They are this request's alone: a template too deep, a class that is
   * broken.
   */
  private static <T> T contained(Supplier<T> prepare) {
    try {
      return prepare.get();
    } catch (StackOverflowError | LinkageError e) {
      throw new IllegalStateException("a request could not be prepared", e);
    }
  }
}
