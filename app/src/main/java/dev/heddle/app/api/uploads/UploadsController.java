package dev.heddle.app.api.uploads;

import dev.heddle.app.api.PageView;
import dev.heddle.app.api.adapters.VersionDetailView;
import dev.heddle.app.api.adapters.VersionDetails;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.request.RestOfPath;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.format.Digest;
import dev.heddle.format.Violations;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.garbage.GarbageCollector;
import dev.heddle.registry.upload.AdapterIngest;
import dev.heddle.registry.upload.FileSink;
import dev.heddle.registry.upload.UploadArea;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** A version's files on their way in, and the check that ends the upload. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Uploads")
@RequestMapping("/api/v1/adapters/{name}/versions")
final class UploadsController {
  private final Versions versions;
  private final VersionDetails details;
  private final UploadArea uploads;
  private final AdapterIngest ingest;
  private final GarbageCollector garbage;

  UploadsController(
      Versions versions,
      VersionDetails details,
      UploadArea uploads,
      AdapterIngest ingest,
      GarbageCollector garbage) {
    this.versions = versions;
    this.details = details;
    this.uploads = uploads;
    this.ingest = ingest;
    this.garbage = garbage;
  }

  @Operation(
      summary = "Upload one file as the raw body. It replaces a file of the same path.",
      description =
          "The file is added to the version when all bytes have arrived. An aborted upload"
              + " leaves nothing behind. If `Content-Digest`, `Digest` or `x-checksum-sha256`"
              + " states the SHA-256, it is checked.")
  @RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_OCTET_STREAM_VALUE,
              schema = @Schema(type = "string", format = "binary")))
  @PutMapping("/{number}/files/{*path}")
  Mono<FileView> put(
      @PathVariable String name,
      @PathVariable int number,
      @PathVariable String path,
      ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Digest stated = StatedDigest.of(exchange.getRequest().getHeaders());
    long length = exchange.getRequest().getHeaders().getContentLength();
    return BodyReceiver.receive(
            exchange,
            () ->
                uploads.open(
                    versions.get(caller.tenantId(), name, number), RestOfPath.of(path), length),
            FileSink::write,
            sink -> sink.commit(stated))
        .map(FileView::of);
  }

  @Operation(summary = "List the files that are uploaded completely.")
  @GetMapping("/{number}/files")
  PageView<FileView> list(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Version version = versions.get(Caller.of(exchange).tenantId(), name, number);
    return new PageView<>(uploads.files(version.id()).stream().map(FileView::of).toList(), null);
  }

  @Operation(
      summary =
          "Validate the uploaded files. The version becomes READY, or the answer is 422"
              + " with every violation.",
      description = "A version that fails becomes REJECTED and keeps the report.")
  @PostMapping("/{number}:complete")
  VersionDetailView complete(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version version =
        ingest.complete(caller.actor(), versions.get(caller.tenantId(), name, number));
    if (version.state() == VersionState.REJECTED) {
      garbage.request();
      throw new ApiException(
          ErrorCode.INVALID_ADAPTER,
          version.label() + " is rejected: " + Violations.counted(version.report().size()) + ".",
          version.report());
    }
    return details.of(version);
  }
}
