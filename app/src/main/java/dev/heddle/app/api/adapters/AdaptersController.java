package dev.heddle.app.api.adapters;

import dev.heddle.app.api.Conditional;
import dev.heddle.app.api.ETags;
import dev.heddle.app.api.PageView;
import dev.heddle.app.api.Paged;
import dev.heddle.app.api.Paging;
import dev.heddle.app.api.residency.VersionResidency;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.format.Digest;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.Page;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Adapter;
import dev.heddle.registry.adapter.AdapterFilter;
import dev.heddle.registry.adapter.Adapters;
import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.upload.AdapterIngest;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;

/**
 * The caller's adapters: what is said of them, and whom they are for. Methods block on the database
 * and run on virtual threads.
 */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Adapters")
@RequestMapping("/api/v1/adapters")
final class AdaptersController {
  private final Adapters adapters;
  private final AdapterIngest ingest;
  private final GarbageCollector garbage;
  private final BaseModel base;
  private final VersionResidency residency;

  AdaptersController(
      Adapters adapters,
      AdapterIngest ingest,
      GarbageCollector garbage,
      BaseModel base,
      VersionResidency residency) {
    this.residency = residency;
    this.adapters = adapters;
    this.ingest = ingest;
    this.garbage = garbage;
    this.base = base;
  }

  @Operation(summary = "List the adapters that are not archived, by name.")
  @Paged
  @GetMapping
  PageView<ListedAdapterView> list(
      @Parameter(description = "What names begin with.") @RequestParam(defaultValue = "")
          String prefix,
      @Parameter(
              description = "KEY=VALUE: a label that adapters must carry; may be given repeatedly.")
          @RequestParam(defaultValue = "")
          List<String> label,
      ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    AdapterFilter filter = new AdapterFilter(prefix, labels(exchange));
    Page<Adapter> page = adapters.list(caller.tenantId(), filter, Paging.of(exchange));
    Set<Digest> residents = residency.adapters();
    return PageView.of(page, adapter -> ListedAdapterView.of(adapter, residents));
  }

  @Operation(summary = "Create an adapter that has no version yet.")
  @ApiResponse(responseCode = "201")
  @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<AdapterView> create(@RequestBody NewAdapter body, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Adapter adapter =
        adapters.create(caller.actor(), caller.tenantId(), body.name(), base, body.changes());
    return ResponseEntity.created(URI.create("/api/v1/adapters/" + adapter.name()))
        .eTag(ETags.of(adapter.revision()))
        .body(AdapterView.of(adapter));
  }

  @Operation(summary = "Show an adapter. Archived adapters are shown too.")
  @GetMapping("/{name}")
  ResponseEntity<AdapterView> get(@PathVariable String name, ServerWebExchange exchange) {
    return answer(adapters.get(Caller.of(exchange).tenantId(), name));
  }

  @Operation(
      summary =
          "Change an adapter's visibility, description or labels. An adapter that becomes"
              + " private loses its grants.")
  @Conditional
  @PatchMapping(path = "/{name}", consumes = MediaType.APPLICATION_JSON_VALUE)
  ResponseEntity<AdapterView> update(
      @PathVariable String name, @RequestBody AdapterPatch body, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    return answer(
        adapters.update(
            caller.actor(), caller.tenantId(), name, body.changes(), ETags.expected(exchange)));
  }

  @Operation(
      summary =
          "Archive an adapter and all its versions. 409 while a name still refers to one of"
              + " them. The adapter's name stays reserved.")
  @Conditional
  @DeleteMapping("/{name}")
  ResponseEntity<AdapterView> archive(@PathVariable String name, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Adapter archived =
        adapters.archive(caller.actor(), caller.tenantId(), name, ETags.expected(exchange));
    ingest.discardAbandoned();
    garbage.request();
    return answer(archived);
  }

  static ResponseEntity<AdapterView> answer(Adapter adapter) {
    return ETags.ok(adapter.revision(), AdapterView.of(adapter));
  }

  /** As they stand in the query: a list parameter would be split at commas. */
  private static Map<String, String> labels(ServerWebExchange exchange) {
    Map<String, String> labels = new HashMap<>();
    for (String label : exchange.getRequest().getQueryParams().getOrDefault("label", List.of())) {
      int end = label == null ? -1 : label.indexOf('=');
      if (end < 1) {
        throw new InvalidException("label", "label", "must be KEY=VALUE");
      }
      String key = label.substring(0, end);
      String value = label.substring(end + 1);
      if (!value.equals(labels.getOrDefault(key, value))) {
        throw new InvalidException("label", "label", "asks for two values of '" + key + "'");
      }
      labels.put(key, value);
    }
    return labels;
  }
}
