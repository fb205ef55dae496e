package dev.heddle.app.api.imports;

import dev.heddle.app.api.adapters.VersionDetailView;
import dev.heddle.app.api.adapters.VersionDetails;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.imports.Imports;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/** Begins versions whose files Heddle fetches itself. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Uploads")
final class ImportsController {
  private final Imports imports;
  private final Versions versions;
  private final VersionDetails details;
  private final BaseModel base;

  ImportsController(Imports imports, Versions versions, VersionDetails details, BaseModel base) {
    this.imports = imports;
    this.versions = versions;
    this.details = details;
    this.base = base;
  }

  /** Goes on with what the last process left. */
  @EventListener(ApplicationReadyEvent.class)
  void resume() {
    imports.resume();
  }

  @Operation(
      summary =
          "Create a version and fetch its files from a folder or a bucket. The version is"
              + " completed automatically. Archiving it cancels the import.")
  @ApiResponse(responseCode = "202")
  @PostMapping("/api/v1/adapters/{name}/versions:import")
  ResponseEntity<VersionDetailView> begin(
      @PathVariable String name, @RequestBody NewImport wanted, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version version =
        imports.begin(
            caller.actor(), caller.tenantId(), name, base, wanted.source(), wanted.revision());
    URI location = URI.create("/api/v1/adapters/" + name + "/versions/" + version.number());
    return ResponseEntity.accepted().location(location).body(details.of(version));
  }

  @Operation(
      summary = "Retry a failed import. Only the missing files are fetched.",
      description =
          "409 `import_not_failed` if no import failed, or if the version does not take"
              + " files any more.")
  @ApiResponse(responseCode = "202")
  @PostMapping("/api/v1/adapters/{name}/versions/{number}:retry")
  ResponseEntity<VersionDetailView> retry(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version version = versions.get(caller.tenantId(), name, number);
    imports.retry(caller.actor(), version);
    return ResponseEntity.accepted().body(details.of(version));
  }
}
