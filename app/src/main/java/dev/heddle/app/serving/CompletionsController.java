package dev.heddle.app.serving;

import dev.heddle.app.request.JsonBody;
import java.util.function.Function;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * {@code POST /v1/chat/completions} and {@code POST /v1/completions}. Nothing here blocks an event
 * loop: reading a request and tokenising it run on a scheduler.
 */
@RestController
final class CompletionsController {
  private final AnswerFactory answers;
  private final GenerationService generations;
  private final AnswerWriter writer;
  private final RequestLimits limits;
  private final ServingSettings settings;
  private final Scheduler scheduler;

  CompletionsController(
      AnswerFactory answers,
      GenerationService generations,
      ServedModel served,
      ServingSettings settings,
      Scheduler scheduler) {
    this.answers = answers;
    this.generations = generations;
    this.writer = new AnswerWriter(settings.keepAlive());
    this.limits = new RequestLimits(served.vocabulary(), settings.maxChoices());
    this.settings = settings;
    this.scheduler = scheduler;
  }

  @PostMapping(path = "/v1/chat/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> chat(ServerWebExchange exchange) {
    return answer(
        exchange,
        body -> {
          ChatRequest request = ChatRequest.read(JsonBody.parse(body), limits);
          Answer answer = answers.chat(request, Asker.of(exchange));
          return new ChatFormat(answer);
        });
  }

  @PostMapping(path = "/v1/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> completion(ServerWebExchange exchange) {
    return answer(
        exchange,
        body -> {
          CompletionRequest request = CompletionRequest.read(JsonBody.parse(body), limits);
          Answer answer = answers.completion(request, Asker.of(exchange));
          return new CompletionFormat(answer, request.echo());
        });
  }

  private Mono<Void> answer(ServerWebExchange exchange, Function<byte[], AnswerFormat> prepare) {
    return JsonBody.read(exchange.getRequest(), settings.bodyLimitBytes())
        .publishOn(scheduler)
        .map(body -> contained(prepare, body))
        .flatMap(format ->
            writer.write(
                exchange.getResponse(),
                format,
                generations.run(format.answer(), exchange.getResponse().getHeaders())));
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
