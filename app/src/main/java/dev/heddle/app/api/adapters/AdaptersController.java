package dev.heddle.app.api.adapters;

import dev.heddle.app.api.PageView;
import dev.heddle.app.api.Paged;
import dev.heddle.app.api.Paging;
import dev.heddle.app.api.residency.AdapterActivator;
import dev.heddle.app.tenant.Caller;
import dev.heddle.format.Digest;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.adapter.Adapter;
import dev.heddle.registry.adapter.Adapters;
import dev.heddle.registry.adapter.Publishing;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.upload.AdapterIngest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/**
 * The caller's adapters and their versions, and which version an adapter's name means. Methods
 * block on the database and run on virtual threads.
 */
@RestController
@Tag(name = "Adapters")
@RequestMapping("/api/v1/adapters")
final class AdaptersController {
  private final Adapters adapters;
  private final Versions versions;
  private final VersionDetails details;
  private final Publishing publishing;
  private final AdapterIngest ingest;
  private final GarbageCollector garbage;
  private final BaseModel base;
  private final AdapterActivator activator;

  AdaptersController(
      Adapters adapters,
      Versions versions,
      VersionDetails details,
      Publishing publishing,
      AdapterIngest ingest,
      GarbageCollector garbage,
      BaseModel base,
      AdapterActivator activator) {
    this.adapters = adapters;
    this.versions = versions;
    this.details = details;
    this.publishing = publishing;
    this.ingest = ingest;
    this.garbage = garbage;
    this.base = base;
    this.activator = activator;
  }

  @Operation(summary = "List the adapters that are not archived, by name.")
  @Paged
  @GetMapping
  PageView<AdapterView> list(ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return PageView.of(adapters.list(caller.tenantId(), Paging.of(exchange)), AdapterView::of);
  }

  @Operation(summary = "Show an adapter, archived or not.")
  @GetMapping("/{name}")
  AdapterView get(@PathVariable String name, ServerWebExchange exchange) {
    return AdapterView.of(adapters.get(Caller.of(exchange).tenantId(), name));
  }

  @Operation(
      summary = "Archive an adapter with all its versions; 409 while its name means one of them.")
  @DeleteMapping("/{name}")
  AdapterView archive(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Adapter archived = adapters.archive(caller.actor(), caller.tenantId(), name);
    ingest.discardAbandoned();
    garbage.request();
    return AdapterView.of(archived);
  }

  @Operation(summary = "List an adapter's versions, the latest first.")
  @Paged
  @GetMapping("/{name}/versions")
  PageView<VersionView> listVersions(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return PageView.of(
        versions.list(caller.tenantId(), name, Paging.of(exchange)), VersionView::of);
  }

  @Operation(summary = "Begin a version, and the adapter with its first: files come next.")
  @ApiResponse(responseCode = "201")
  @PostMapping("/{name}/versions")
  ResponseEntity<VersionView> create(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version version = versions.create(caller.actor(), caller.tenantId(), name, base);
    URI location = URI.create("/api/v1/adapters/" + name + "/versions/" + version.number());
    return ResponseEntity.created(location).body(VersionView.of(version));
  }

  @Operation(summary = "Show a version with its tuned experts.")
  @GetMapping("/{name}/versions/{number}")
  VersionDetailView getVersion(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Version version = versions.get(Caller.of(exchange).tenantId(), name, number);
    return details.of(version);
  }

  @Operation(
      summary =
          "Archive a version and drop what was uploaded of it; 409 while the adapter's name means"
              + " it.")
  @DeleteMapping("/{name}/versions/{number}")
  VersionView archiveVersion(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version archived = versions.archive(caller.actor(), caller.tenantId(), name, number);
    ingest.discardAbandoned();
    garbage.request();
    return VersionView.of(archived);
  }

  @Operation(
      summary =
          "Make the adapter's name mean this version, and its experts resident ahead of the first"
              + " call.")
  @PostMapping("/{name}/versions/{number}:publish")
  AdapterView publish(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Adapter adapter = publishing.publish(caller.actor(), caller.tenantId(), name, number);
    Digest digest = versions.get(caller.tenantId(), name, number).digest();
    if (digest != null) {
      activator.prefetch(digest);
    }
    return AdapterView.of(adapter);
  }

  @Operation(
      summary =
          "Make the adapter's name mean nothing; versions stay callable by number and digest.")
  @PostMapping("/{name}:unpublish")
  AdapterView unpublish(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return AdapterView.of(publishing.unpublish(caller.actor(), caller.tenantId(), name));
  }
}
