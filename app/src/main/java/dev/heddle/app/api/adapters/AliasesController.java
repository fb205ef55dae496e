package dev.heddle.app.api.adapters;

import dev.heddle.app.api.Conditional;
import dev.heddle.app.api.ETags;
import dev.heddle.app.api.PageView;
import dev.heddle.app.api.Paged;
import dev.heddle.app.api.Paging;
import dev.heddle.app.residency.AdapterActivator;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.PreconditionException;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Alias;
import dev.heddle.registry.adapter.Aliases;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/**
 * The caller's names and the versions they mean, adapters' own names among them. Methods block on
 * the database and run on virtual threads.
 */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Aliases")
@RequestMapping("/api/v1/aliases")
final class AliasesController {
  private final Aliases aliases;
  private final AdapterActivator activator;

  AliasesController(Aliases aliases, AdapterActivator activator) {
    this.aliases = aliases;
    this.activator = activator;
  }

  @Operation(
      summary = "List the names that refer to a version, including adapters' own names, by name.")
  @Paged
  @GetMapping
  PageView<AliasView> list(ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return PageView.of(aliases.list(caller.tenantId(), Paging.of(exchange)), AliasView::of);
  }

  @Operation(summary = "Show which versions a name refers to. A deleted name refers to none.")
  @GetMapping("/{name}")
  ResponseEntity<AliasView> get(@PathVariable String name, ServerWebExchange exchange) {
    return answer(aliases.get(Caller.of(exchange).tenantId(), name));
  }

  @Operation(
      summary =
          "Point a name at one version, or at several with weights. It takes effect with"
              + " the next request. An adapter's own name can refer only to versions of that"
              + " adapter.")
  @ApiResponse(responseCode = "200")
  @ApiResponse(responseCode = "201")
  @Conditional
  @PutMapping(path = "/{name}", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<AliasView> put(
      @PathVariable String name, @RequestBody NewTargets body, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    requireExisting(exchange, name);
    Aliases.Put put =
        aliases.put(
            caller.actor(), caller.tenantId(), name, body.weights(), ETags.expected(exchange));
    activator.prefetch(put.alias().targets());
    return put.created()
        ? ResponseEntity.created(URI.create("/api/v1/aliases/" + name))
            .eTag(ETags.of(put.alias().revision()))
            .body(AliasView.of(put.alias()))
        : answer(put.alias());
  }

  @Operation(
      summary = "Delete a name. It refers to no version, stays reserved and keeps its history.")
  @Conditional
  @DeleteMapping("/{name}")
  ResponseEntity<AliasView> delete(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return answer(
        aliases.delete(caller.actor(), caller.tenantId(), name, ETags.expected(exchange)));
  }

  @Operation(
      summary =
          "Roll a name back to its previous targets. A second rollback goes one step"
              + " further back.")
  @Conditional
  @PostMapping("/{name}:rollback")
  ResponseEntity<AliasView> rollback(
      @PathVariable String name,
      @RequestBody(required = false) @Nullable RollbackTo body,
      ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Alias alias =
        aliases.rollback(
            caller.actor(),
            caller.tenantId(),
            name,
            RollbackTo.revision(body),
            ETags.expected(exchange));
    activator.prefetch(alias.targets());
    return answer(alias);
  }

  @Operation(summary = "List what a name has referred to, the latest first.")
  @Paged
  @GetMapping("/{name}/history")
  PageView<AliasRevisionView> history(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return PageView.of(
        aliases.history(caller.tenantId(), name, Paging.of(exchange)), AliasRevisionView::of);
  }

  /** A name that is there once stays: what is seen here holds for the change that follows. */
  private void requireExisting(ServerWebExchange exchange, String name) {
    if (ETags.wantsExisting(exchange)
        && aliases.find(Caller.of(exchange).tenantId(), name).isEmpty()) {
      throw new PreconditionException("there is no alias '" + name + "' yet");
    }
  }

  private static ResponseEntity<AliasView> answer(Alias alias) {
    return ETags.ok(alias.revision(), AliasView.of(alias));
  }
}
