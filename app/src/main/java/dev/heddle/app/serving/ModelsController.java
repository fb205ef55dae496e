package dev.heddle.app.serving;

import dev.heddle.app.serving.ModelDirectory.Listed;
import dev.heddle.app.tenant.Caller;
import dev.heddle.registry.access.Principal;
import java.util.List;
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
final class ModelsController {
  private final ModelDirectory directory;
  private final ServedModel served;

  ModelsController(ModelDirectory directory, ServedModel served) {
    this.directory = directory;
    this.served = served;
  }

  @GetMapping(path = "/v1/models", produces = MediaType.APPLICATION_JSON_VALUE)
  Mono<String> list(ServerWebExchange exchange) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("object", "list");
    ArrayNode data = body.putArray("data");
    directory.list(Caller.of(exchange)).forEach(listed -> data.add(card(listed)));
    return Mono.just(body.toString());
  }

  /** Ids hold slashes ({@code owner/name}), colons and at signs: the rest of the path is the id. */
  @GetMapping(path = "/v1/models/{*id}", produces = MediaType.APPLICATION_JSON_VALUE)
  Mono<String> get(@PathVariable("id") String path, ServerWebExchange exchange) {
    String id = path.substring(1);
    Principal caller = Caller.of(exchange);
    ResolvedModel model = directory.resolve(caller, id);
    if (model == null) {
      return Mono.error(ModelResolver.notFound(id));
    }
    List<Listed> listed = directory.list(caller);
    Listed known =
        listed.stream()
            .filter(candidate -> candidate.id().equals(id))
            .findFirst()
            .orElseGet(() ->
                // A version by number or digest: listed under its adapter's name only.
                new Listed(id, served.created(), caller.tenant(), model.version(), model.isBase()));
    return Mono.just(card(known).toString());
  }

  private ObjectNode card(Listed listed) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", listed.id())
        .put("object", "model")
        .put("created", listed.created())
        .put("owned_by", listed.ownedBy())
        .put("root", listed.version())
        .put("parent", listed.isBase() ? null : served.name())
        .put("max_model_len", served.maxContext());
  }
}
