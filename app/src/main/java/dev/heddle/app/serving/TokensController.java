package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Scope;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a prompt's tokens are: vLLM's {@code POST /tokenize} and {@code POST /detokenize}, and
 * Anthropic's count. Nothing of it reaches the engine.
 */
@RestController
@Requires(Scope.INFERENCE)
final class TokensController {
  private final AnswerFactory answers;
  private final AnswerDoor door;
  private final ServedModel served;
  private final ModelResolver models;

  TokensController(
      AnswerFactory answers, AnswerDoor door, ServedModel served, ModelResolver models) {
    this.answers = answers;
    this.door = door;
    this.served = served;
    this.models = models;
  }

  @PostMapping(path = "/tokenize", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<ObjectNode> tokenize(ServerWebExchange exchange) {
    return door.tell(
        exchange,
        tree -> {
          Fields fields = new Fields(tree);
          boolean strings = fields.bool("return_token_strs", false);
          Asker asker = Asker.of(exchange);
          int[] ids = tree.has("messages") ? chat(tree, fields, asker) : text(fields, asker);
          return told(ids, strings);
        });
  }

  @PostMapping(path = "/detokenize", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<ObjectNode> detokenize(ServerWebExchange exchange) {
    return door.tell(
        exchange,
        tree -> {
          Fields fields = new Fields(tree);
          fields.allowOnly("model", "tokens");
          String model = fields.string("model");
          JsonNode tokens = fields.find("tokens");
          int[] ids = null;
          if (tokens == null || !tokens.isArray()) {
            fields.fault("tokens", "must be an array of token ids");
          } else {
            ids = TokenIds.read(fields, "tokens", tokens, served.vocabulary());
          }
          fields.throwFaults();
          requireModel(model, Asker.of(exchange));
          return JsonNodeFactory.instance
              .objectNode()
              .put("prompt", ids == null ? "" : served.tokenizer().decode(ids, false));
        });
  }

  @PostMapping(path = "/v1/messages/count_tokens", consumes = MediaType.APPLICATION_JSON_VALUE)
  Mono<ObjectNode> count(ServerWebExchange exchange) {
    return door.tell(
        exchange,
        tree -> {
          ChatRequest request = MessagesReader.count(tree, door.limits());
          Asker asker = Asker.of(exchange);
          requireModel(request.options().model(), asker);
          int tokens = answers.rendered(request, asker).tokens().length;
          return JsonNodeFactory.instance.objectNode().put("input_tokens", tokens);
        });
  }

  /** The tokens that {@code /v1/completions} makes of a prompt. */
  private int[] text(Fields fields, Asker asker) {
    fields.allowOnly("model", "prompt", "add_special_tokens", "return_token_strs");
    boolean specials = fields.bool("add_special_tokens", true);
    String model = fields.string("model");
    JsonNode prompt = fields.find("prompt");
    String text = prompt == null ? null : fields.text("prompt", prompt);
    if (prompt == null) {
      fields.fault("prompt", "is required, or 'messages'");
    }
    fields.throwFaults();
    requireModel(model, asker);
    return text == null ? new int[0] : answers.tokens(text, specials);
  }

  /** The tokens that {@code /v1/chat/completions} makes of messages. */
  private int[] chat(ObjectNode tree, Fields fields, Asker asker) {
    fields.allowOnly(
        "model",
        "messages",
        "tools",
        "add_generation_prompt",
        "continue_final_message",
        "add_special_tokens",
        "chat_template",
        "chat_template_kwargs",
        "return_token_strs");
    ObjectNode named = tree.has("model") ? tree : tree.deepCopy().put("model", served.name());
    fields.throwFaults();
    ChatRequest request = ChatRequest.read(named, door.limits());
    requireModel(request.options().model(), asker);
    return answers.rendered(request, asker).tokens();
  }

  /** All models have one tokenizer; but a name that the caller may not call is none to it. */
  private void requireModel(@org.jspecify.annotations.Nullable String model, Asker asker) {
    if (model != null) {
      models.describe(asker.caller(), model);
    }
  }

  private ObjectNode told(int[] ids, boolean strings) {
    ObjectNode told =
        JsonNodeFactory.instance
            .objectNode()
            .put("count", ids.length)
            .put("max_model_len", served.maxContext());
    ArrayNode tokens = told.putArray("tokens");
    for (int id : ids) {
      tokens.add(id);
    }
    if (!strings) {
      return told.putNull("token_strs");
    }
    ArrayNode texts = told.putArray("token_strs");
    for (int id : ids) {
      texts.add(served.tokenizer().tokenText(id));
    }
    return told;
  }
}
