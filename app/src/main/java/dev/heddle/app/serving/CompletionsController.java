package dev.heddle.app.serving;

import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Scope;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** The doors where the engine answers: OpenAI's three, and Anthropic's. */
@RestController
@Requires(Scope.INFERENCE)
final class CompletionsController {
  private final AnswerFactory answers;
  private final AnswerDoor door;

  CompletionsController(AnswerFactory answers, AnswerDoor door) {
    this.answers = answers;
    this.door = door;
  }

  @PostMapping(path = "/v1/chat/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> chat(ServerWebExchange exchange) {
    return door.answer(
        exchange,
        tree -> {
          ChatRequest request = ChatRequest.read(tree, door.limits());
          return new ChatFormat(answers.chat(request, Asker.of(exchange), "chatcmpl-"));
        });
  }

  @PostMapping(path = "/v1/completions", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> completion(ServerWebExchange exchange) {
    return door.answer(
        exchange,
        tree -> {
          CompletionRequest request = CompletionRequest.read(tree, door.limits());
          Answer answer = answers.completion(request, Asker.of(exchange));
          return new CompletionFormat(answer, request.echo());
        });
  }

  @PostMapping(path = "/v1/messages", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> message(ServerWebExchange exchange) {
    return door.answer(
        exchange,
        tree -> {
          ChatRequest request = MessagesReader.request(tree, door.limits());
          return new MessagesFormat(answers.chat(request, Asker.of(exchange), "msg_"));
        });
  }

  @PostMapping(path = "/v1/responses", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<Void> response(ServerWebExchange exchange) {
    return door.answer(
        exchange,
        tree -> {
          ChatRequest request = ResponsesReader.request(tree, door.limits());
          Answer answer = answers.chat(request, Asker.of(exchange), "resp_");
          return new ResponsesFormat(answer, ResponsesReader.shown(tree, answer));
        });
  }
}
