package dev.heddle.app.serving;

import dev.heddle.app.request.RestOfPath;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.snapshot.ResolvedModel;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /v1/models}: what the caller can call. */
@RestController
@Requires(Scope.INFERENCE)
final class ModelsController {
  private final ModelResolver models;
  private final ServedModel served;

  ModelsController(ModelResolver models, ServedModel served) {
    this.models = models;
    this.served = served;
  }

  @GetMapping(path = "/v1/models", produces = MediaType.APPLICATION_JSON_VALUE)
  Mono<ObjectNode> list(ServerWebExchange exchange) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    models.list(Caller.of(exchange)).forEach(model -> data.add(card(model)));
    return Mono.just(body);
  }

  /** Ids hold slashes ({@code owner/name}), colons and at signs: the rest of the path is the id. */
  @GetMapping(path = "/v1/models/{*id}", produces = MediaType.APPLICATION_JSON_VALUE)
  Mono<ObjectNode> get(@PathVariable("id") String path, ServerWebExchange exchange) {
    return Mono.fromSupplier(() -> card(models.describe(Caller.of(exchange), RestOfPath.of(path))));
  }

  private ObjectNode card(ResolvedModel model) {
    ObjectNode card =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", model.name())
            .put("object", "model")
            .put("created", model.createdAt().getEpochSecond())
            .put("owned_by", model.ownedBy())
            .put("root", model.servedBy())
            .put("parent", model.version() == null ? null : served.name())
            .put("max_model_len", served.maxContext());
    ChatPrompts chat = served.chat();
    card.putObject("capabilities")
        .put("completions", true)
        .put("chat", chat != null)
        .put("tools", chat != null)
        .put("reasoning", chat != null && chat.reasons());
    return card;
  }
}
