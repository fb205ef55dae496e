package dev.heddle.app.serving;

import dev.heddle.app.quota.RequestTurn;
import dev.heddle.app.refusal.RefusalLog;
import dev.heddle.app.request.JsonBody;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
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

  AnswerDoor(
      GenerationService generations,
      ServedModel served,
      ServingSettings settings,
      PromptThreads prompts) {
    this.generations = generations;
    this.writer = new AnswerWriter(settings.keepAlive());
    this.limits =
        new RequestLimits(served.vocabulary(), settings.maxChoices(), served.structures());
    this.settings = settings;
    this.prompts = prompts;
  }

  /** What a request may ask for. */
  RequestLimits limits() {
    return limits;
  }

  /**
   * Answers by the engine.
   *
   * @param prepare reads the body's tree, which it must not keep, and makes the answer ready; may
   *     take its time
   */
  Mono<Void> answer(ServerWebExchange exchange, Function<ObjectNode, AnswerFormat> prepare) {
    RequestTurn turn = generations.takeTurn(Asker.of(exchange).caller().tenantId());
    return read(exchange, prepare)
        .flatMap(format ->
            writer.write(
                exchange.getResponse(),
                format,
                generations.run(format.answer(), turn, exchange.getResponse().getHeaders())))
        // What was never let in costs nothing; before the client hears of it.
        .doOnTerminate(turn::giveBack)
        .doOnCancel(turn::giveBack);
  }

  /** As {@link #answer} without the engine, for an answer that is ready when it is prepared. */
  Mono<ObjectNode> tell(ServerWebExchange exchange, Function<ObjectNode, ObjectNode> prepare) {
    RequestTurn turn = generations.takeTurn(Asker.of(exchange).caller().tenantId());
    return read(exchange, prepare).doOnError(refused -> turn.giveBack()).doOnCancel(turn::giveBack);
  }

  private <T> Mono<T> read(ServerWebExchange exchange, Function<ObjectNode, T> prepare) {
    UUID tenant = Asker.of(exchange).caller().tenantId();
    return JsonBody.read(exchange.getRequest(), settings.bodyLimitBytes())
        .flatMap(body ->
            Mono.fromCallable(() ->
                    contained(
                        () -> JsonBody.parse(body, tree -> prepare.apply(noted(exchange, tree)))))
                .subscribeOn(prompts.of(tenant, body.length)));
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
