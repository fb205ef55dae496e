package dev.heddle.app.api.tenants;

import dev.heddle.app.api.PageView;
import dev.heddle.app.api.Paged;
import dev.heddle.app.api.Paging;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.ApiKey;
import dev.heddle.registry.access.ApiKeys;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.Set;
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

/** The caller's tenant's API keys. A key's text is shown once, when it is made. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Keys")
@RequestMapping("/api/v1/keys")
final class KeysController {
  private final ApiKeys keys;

  KeysController(ApiKeys keys) {
    this.keys = keys;
  }

  @Operation(summary = "Create a key. Its text is shown in this answer and never again.")
  @ApiResponse(responseCode = "201")
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<IssuedKeyView> create(@RequestBody NewKey key, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    requireOperator(caller, key.scopes());
    ApiKey.Issued issued =
        keys.create(caller.actor(), caller.tenantId(), key.label(), key.scopes(), key.expiresAt());
    return ResponseEntity.created(URI.create("/api/v1/keys/" + issued.key().publicId()))
        .body(IssuedKeyView.of(issued));
  }

  @Operation(summary = "List the tenant's keys, including revoked ones, the oldest first.")
  @Paged
  @GetMapping
  PageView<KeyView> list(ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return PageView.of(keys.list(caller.tenantId(), Paging.of(exchange)), KeyView::of);
  }

  @Operation(summary = "Show a key without its text.")
  @GetMapping("/{id}")
  KeyView get(@PathVariable String id, ServerWebExchange exchange) {
    return KeyView.of(keys.get(Caller.of(exchange).tenantId(), id));
  }

  @Operation(summary = "Revoke a key. It is refused from the next request on.")
  @DeleteMapping("/{id}")
  KeyView revoke(@PathVariable String id, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    requireOperator(caller, keys.get(caller.tenantId(), id).scopes());
    return KeyView.of(keys.revoke(caller.actor(), caller.tenantId(), id));
  }

  /** A tenant deals with its own keys; those that open the platform are the operator's. */
  private static void requireOperator(Principal caller, Set<Scope> scopes) {
    if (scopes.contains(Scope.ADMIN) && !caller.may(Scope.ADMIN)) {
      throw new ApiException(
          ErrorCode.INSUFFICIENT_PERMISSIONS,
          "Keys of scope 'admin' are made and revoked with one of that scope, which this API key"
              + " lacks.");
    }
  }
}
