package dev.heddle.app.api;

import dev.heddle.app.request.Fields;
import dev.heddle.app.request.JsonBody;
import dev.heddle.app.tenant.Caller;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import java.net.URI;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The caller's tenant's API keys. A key's text is shown once, when it is made. */
@RestController
@RequestMapping("/api/v1/keys")
final class KeysController {
  private final ApiKeys keys;

  KeysController(ApiKeys keys) {
    this.keys = keys;
  }

  /** Takes {@code label}, {@code scopes} and, for a key that expires, {@code expires_at}. */
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<ObjectNode> create(@RequestBody byte[] body, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Fields fields = new Fields(JsonBody.parse(body));
    String label = fields.requiredString("label");
    Set<Scope> scopes = scopes(fields);
    Instant expiresAt = expiry(fields);
    fields.throwFaults();
    ApiKey.Issued issued = keys.create(caller.actor(), caller.tenantId(), label, scopes, expiresAt);
    ObjectNode view = Views.key(issued.key()).put("key", issued.text());
    return ResponseEntity.created(URI.create("/api/v1/keys/" + issued.key().publicId())).body(view);
  }

  @GetMapping
  ObjectNode list(ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return Views.page(keys.list(caller.tenantId(), Paging.of(exchange)), Views::key);
  }

  /** Revokes a key: from the next request on it opens nothing. */
  @DeleteMapping("/{id}")
  ObjectNode revoke(@PathVariable String id, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return Views.key(keys.revoke(caller.actor(), caller.tenantId(), id));
  }

  private static Set<Scope> scopes(Fields fields) {
    Set<Scope> scopes = EnumSet.noneOf(Scope.class);
    JsonNode value = fields.find("scopes");
    if (value == null || !value.isArray() || value.isEmpty()) {
      fields.fault("scopes", "must be an array of at least one scope");
      return scopes;
    }
    for (int i = 0; i < value.size(); i++) {
      String text = fields.text("scopes[" + i + "]", value.get(i));
      if (text == null) {
        continue;
      }
      try {
        scopes.add(Scope.of(text));
      } catch (IllegalArgumentException e) {
        fields.fault("scopes[" + i + "]", "must be inference, adapters or admin");
      }
    }
    return scopes;
  }

  private static @Nullable Instant expiry(Fields fields) {
    String text = fields.string("expires_at");
    if (text == null) {
      return null;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      fields.fault("expires_at", "must be a time such as 2030-01-31T12:00:00Z");
      return null;
    }
  }
}
