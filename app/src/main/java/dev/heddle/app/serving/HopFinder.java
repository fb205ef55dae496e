package dev.heddle.app.serving;

import dev.heddle.app.error.Surface;
import dev.heddle.app.routing.AdapterHomes;
import dev.heddle.app.routing.Forwarder;
import dev.heddle.app.routing.Hop;
import dev.heddle.registry.replica.Replica;
import dev.heddle.registry.snapshot.VersionRef;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Says which requests another replica is to answer: those for an adapter that is at home there. */
@Component
final class HopFinder {
  private final ModelResolver models;
  private final AdapterHomes homes;

  HopFinder(ModelResolver models, AdapterHomes homes) {
    this.models = models;
    this.homes = homes;
  }

  /**
   * Null for what is answered here: requests for the base model, which every replica has; those
   * that were forwarded; and those that name nothing the caller may call, since their refusal is
   * the same everywhere.
   */
  @Nullable Hop find(ServerWebExchange exchange, ObjectNode tree) {
    ServerHttpRequest request = exchange.getRequest();
    JsonNode model = tree.path("model");
    if (!homes.isForwarding() || Forwarder.isForwarded(request) || !model.isString()) {
      return null;
    }
    Asker asker = Asker.of(exchange);
    String drawn = UUID.randomUUID().toString();
    String sticky = asker.stickyKey(user(tree, request.getPath().value()), drawn);
    VersionRef version =
        models
            .find(asker.caller(), model.stringValue(), sticky)
            .flatMap(resolved -> Optional.ofNullable(resolved.version()))
            .orElse(null);
    Replica home = version == null ? null : homes.elsewhere(version.digest());
    return home == null ? null : new Hop(home, sticky.equals(drawn) ? drawn : null);
  }

  /** The user as the path's reader takes it. */
  private static @Nullable String user(ObjectNode tree, String path) {
    JsonNode user =
        Surface.of(path) == Surface.ANTHROPIC
            ? tree.path("metadata").path("user_id")
            : tree.path("user");
    return user.isString() ? user.stringValue() : null;
  }
}
