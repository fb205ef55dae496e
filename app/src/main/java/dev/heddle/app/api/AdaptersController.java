package dev.heddle.app.api;

import dev.heddle.app.tenant.Caller;
import dev.heddle.format.Digest;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.adapter.Adapter;
import dev.heddle.registry.adapter.Adapters;
import dev.heddle.registry.adapter.Publishing;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.upload.AdapterIngest;
import java.net.URI;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import tools.jackson.databind.node.ObjectNode;

/**
 * The caller's adapters and their versions, and which version an adapter's name means. Methods
 * block on the database and run on virtual threads.
 */
@RestController
@RequestMapping("/api/v1/adapters")
final class AdaptersController {
  private final Adapters adapters;
  private final Versions versions;
  private final Publishing publishing;
  private final AdapterIngest ingest;
  private final BaseModel base;
  private final AdapterActivator activator;

  AdaptersController(
      Adapters adapters,
      Versions versions,
      Publishing publishing,
      AdapterIngest ingest,
      BaseModel base,
      AdapterActivator activator) {
    this.adapters = adapters;
    this.versions = versions;
    this.publishing = publishing;
    this.ingest = ingest;
    this.base = base;
    this.activator = activator;
  }

  @GetMapping
  ObjectNode list(ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return Views.page(adapters.list(caller.tenantId(), Paging.of(exchange)), Views::adapter);
  }

  @GetMapping("/{name}")
  ObjectNode get(@PathVariable String name, ServerWebExchange exchange) {
    return Views.adapter(adapters.get(Caller.of(exchange).tenantId(), name));
  }

  /** Archives an adapter with all its versions; 409 while its name means one of them. */
  @DeleteMapping("/{name}")
  ObjectNode archive(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return Views.adapter(adapters.archive(caller.actor(), caller.tenantId(), name));
  }

  @GetMapping("/{name}/versions")
  ObjectNode listVersions(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return Views.page(versions.list(caller.tenantId(), name, Paging.of(exchange)), Views::version);
  }

  /** Begins a version, and the adapter with its first: files come next. */
  @PostMapping("/{name}/versions")
  ResponseEntity<ObjectNode> create(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version version = versions.create(caller.actor(), caller.tenantId(), name, base);
    URI location = URI.create("/api/v1/adapters/" + name + "/versions/" + version.number());
    return ResponseEntity.created(location).body(Views.version(version));
  }

  @GetMapping("/{name}/versions/{number}")
  ObjectNode getVersion(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Version version = versions.get(Caller.of(exchange).tenantId(), name, number);
    return Views.version(version, versions.experts(version.id()));
  }

  /**
   * Archives a version and drops what was uploaded of it; 409 while the adapter's name means it.
   */
  @DeleteMapping("/{name}/versions/{number}")
  ObjectNode archiveVersion(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version archived = versions.archive(caller.actor(), caller.tenantId(), name, number);
    ingest.discard(archived.id());
    return Views.version(archived);
  }

  /**
   * Makes the adapter's name mean this version, and its experts resident ahead of the first call.
   */
  @PostMapping("/{name}/versions/{number}:publish")
  ObjectNode publish(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Adapter adapter = publishing.publish(caller.actor(), caller.tenantId(), name, number);
    Digest digest = versions.get(caller.tenantId(), name, number).digest();
    if (digest != null) {
      activator.prefetch(digest);
    }
    return Views.adapter(adapter);
  }

  /** Makes the adapter's name mean nothing; versions stay callable by number and digest. */
  @PostMapping("/{name}:unpublish")
  ObjectNode unpublish(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return Views.adapter(publishing.unpublish(caller.actor(), caller.tenantId(), name));
  }
}
