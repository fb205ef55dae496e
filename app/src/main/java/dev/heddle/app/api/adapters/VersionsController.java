package dev.heddle.app.api.adapters;

import dev.heddle.app.api.PageView;
import dev.heddle.app.api.Paged;
import dev.heddle.app.api.Paging;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.upload.AdapterIngest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** The versions of the caller's adapters. Methods block on the database. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Adapters")
@RequestMapping("/api/v1/adapters/{name}/versions")
final class VersionsController {
  private final Versions versions;
  private final VersionDetails details;
  private final AdapterIngest ingest;
  private final GarbageCollector garbage;
  private final BaseModel base;

  VersionsController(
      Versions versions,
      VersionDetails details,
      AdapterIngest ingest,
      GarbageCollector garbage,
      BaseModel base) {
    this.versions = versions;
    this.details = details;
    this.ingest = ingest;
    this.garbage = garbage;
    this.base = base;
  }

  @Operation(summary = "List an adapter's versions, the latest first.")
  @Paged
  @GetMapping
  PageView<ListedVersionView> list(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return details.list(versions.list(caller.tenantId(), name, Paging.of(exchange)));
  }

  @Operation(
      summary =
          "Create a version, to which files are then uploaded. The first version creates"
              + " the adapter too.")
  @ApiResponse(responseCode = "201")
  @PostMapping
  ResponseEntity<VersionView> create(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version version = versions.create(caller.actor(), caller.tenantId(), name, base);
    URI location = URI.create("/api/v1/adapters/" + name + "/versions/" + version.number());
    return ResponseEntity.created(location).body(VersionView.of(version));
  }

  @Operation(summary = "Show a version with its tuned experts.")
  @GetMapping("/{number}")
  VersionDetailView get(
      @PathVariable String name,
      @PathVariable int number,
      @Parameter(description = "Whether to answer each expert's digest too.")
          @RequestParam(defaultValue = "false")
          boolean experts,
      ServerWebExchange exchange) {
    Version version = versions.get(Caller.of(exchange).tenantId(), name, number);
    return details.of(version, experts);
  }

  @Operation(
      summary =
          "Archive a version and delete its uploaded files. 409 while a name still refers"
              + " to it.")
  @DeleteMapping("/{number}")
  VersionView archive(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version archived = versions.archive(caller.actor(), caller.tenantId(), name, number);
    ingest.discardAbandoned();
    garbage.request();
    return VersionView.of(archived);
  }
}
