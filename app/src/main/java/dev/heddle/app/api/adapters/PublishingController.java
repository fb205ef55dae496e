package dev.heddle.app.api.adapters;

import dev.heddle.app.api.Conditional;
import dev.heddle.app.api.ETags;
import dev.heddle.app.residency.AdapterActivator;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Adapter;
import dev.heddle.registry.adapter.Publishing;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/**
 * Which version an adapter's own name means. What it is made to mean becomes resident ahead of the
 * first call.
 */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Adapters")
@RequestMapping("/api/v1/adapters")
final class PublishingController {
  private final Publishing publishing;
  private final AdapterActivator activator;

  PublishingController(Publishing publishing, AdapterActivator activator) {
    this.publishing = publishing;
    this.activator = activator;
  }

  @Operation(
      summary = "Publish a version: from the next request on, the adapter's name refers to it.")
  @Conditional
  @PostMapping("/{name}/versions/{number}:publish")
  ResponseEntity<AdapterView> publish(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return published(
        publishing.publish(
            caller.actor(), caller.tenantId(), name, number, ETags.expected(exchange)));
  }

  @Operation(
      summary =
          "Unpublish the adapter: its name refers to no version. Versions can still be"
              + " called by number and digest.")
  @Conditional
  @PostMapping("/{name}:unpublish")
  ResponseEntity<AdapterView> unpublish(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return published(
        publishing.unpublish(caller.actor(), caller.tenantId(), name, ETags.expected(exchange)));
  }

  @Operation(
      summary =
          "Roll the adapter's name back to its previous target. A second rollback goes one"
              + " step further back.")
  @Conditional
  @PostMapping("/{name}:rollback")
  ResponseEntity<AdapterView> rollback(
      @PathVariable String name,
      @RequestBody(required = false) @Nullable RollbackTo body,
      ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return published(
        publishing.rollback(
            caller.actor(),
            caller.tenantId(),
            name,
            RollbackTo.revision(body),
            ETags.expected(exchange)));
  }

  private ResponseEntity<AdapterView> published(Adapter adapter) {
    activator.prefetch(adapter.targets());
    return AdaptersController.answer(adapter);
  }
}
