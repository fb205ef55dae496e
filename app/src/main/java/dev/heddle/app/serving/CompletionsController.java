package dev.heddle.app.serving;

import dev.heddle.app.quota.RequestTurn;
import dev.heddle.app.refusal.RefusalLog;
import dev.heddle.app.request.JsonBody;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Scope;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code POST /v1/chat/completions} and {@code POST /v1/completions}. Nothing here blocks an event
 * loop: reading a request and tokenising it run on a scheduler.
 */
@RestController
@Requires(Scope.INFERENCE)
final class CompletionsController {
  private final AnswerFactory answers;
  private final GenerationService generations;
  private final AnswerWriter writer;
  private final RequestLimits limits;
  private final ServingSettings settings;
  private final PromptThreads prompts;

  CompletionsController(
      AnswerFactory answers,
      GenerationService generations,
      ServedModel served,
      ServingSettings settings,
      PromptThreads prompts) {
    this.answers = answers;
    this.generations = generations;
    this.writer = new AnswerWriter(settings.keepAlive());
    this.limits =
        new RequestLimits(served.vocabulary(), settings.maxChoices(), served.structures());
    this.settings = settings;
    this.prompts = prompts;
  }

  @PostMapping(path = "/v1/chat/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> chat(ServerWebExchange exchange) {
    return answer(
        exchange,
        body -> {
          ChatRequest request =
              JsonBody.parse(body, tree -> ChatRequest.read(noted(exchange, tree), limits));
          Answer answer = answers.chat(request, Asker.of(exchange));
          return new ChatFormat(answer);
        });
  }

  @PostMapping(path = "/v1/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> completion(ServerWebExchange exchange) {
    return answer(
        exchange,
        body -> {
          CompletionRequest request =
              JsonBody.parse(body, tree -> CompletionRequest.read(noted(exchange, tree), limits));
          Answer answer = answers.completion(request, Asker.of(exchange));
          return new CompletionFormat(answer, request.echo());
        });
  }

  /** The same tree; what model it names is known from here on, whatever is wrong with it. */
  private static ObjectNode noted(ServerWebExchange exchange, ObjectNode tree) {
    RefusalLog.noteModel(exchange, tree.path("model").asString("-"));
    return tree;
  }

  private Mono<Void> answer(ServerWebExchange exchange, Function<byte[], AnswerFormat> prepare) {
    UUID tenant = Asker.of(exchange).caller().tenantId();
    RequestTurn turn = generations.takeTurn(tenant);
    return JsonBody.read(exchange.getRequest(), settings.bodyLimitBytes())
        .flatMap(body ->
            Mono.fromCallable(() -> contained(prepare, body))
                .subscribeOn(prompts.of(tenant, body.length)))
        .flatMap(format ->
            writer.write(
                exchange.getResponse(),
                format,
                generations.run(format.answer(), turn, exchange.getResponse().getHeaders())))
        // What was never let in costs nothing; before the client hears of it.
        .doOnTerminate(turn::giveBack)
        .doOnCancel(turn::giveBack);
  }

  /**
   * Reactor takes these errors for the end of the process and signals nobody, so that the client
   * would wait for ever. They are this request's alone: a template too deep, a class that is
   * broken.
   */
  private static AnswerFormat contained(Function<byte[], AnswerFormat> prepare, byte[] body) {
    try {
      return prepare.apply(body);
    } catch (StackOverflowError | LinkageError e) {
      throw new IllegalStateException("a request could not be prepared", e);
    }
  }
}
