package dev.heddle.app.api.uploads;

import dev.heddle.app.api.PageView;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.upload.ResumableUploads;
import dev.heddle.registry.upload.Upload;
import dev.heddle.registry.upload.UploadPart;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** A version's files in several requests, over breaks and restarts: tus 1.0.0. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Uploads")
@RequestMapping("/api/v1/adapters/{name}/versions/{number}/uploads")
final class TusController {
  private static final String OVERRIDE = "X-HTTP-Method-Override";

  private final Versions versions;
  private final ResumableUploads uploads;

  TusController(Versions versions, ResumableUploads uploads) {
    this.versions = versions;
    this.uploads = uploads;
  }

  @Operation(summary = "Show which parts of the tus protocol are supported.")
  @ApiResponse(responseCode = "204")
  @RequestMapping(
      method = RequestMethod.OPTIONS,
      path = {"", "/{id}"})
  ResponseEntity<Void> options(ServerWebExchange exchange) {
    TusHeaders.options(exchange.getResponse().getHeaders(), uploads.lengthMax());
    return ResponseEntity.noContent().build();
  }

  @Operation(
      summary = "Create a resumable upload (tus). Its address is in `Location`.",
      description =
          "`Upload-Length` states the bytes, `Upload-Metadata` the `filename` and, optionally, the"
              + " `sha256` of the whole file in hex. Room for all of it is taken. A body of"
              + " `application/offset+octet-stream` is its first part.")
  @ApiResponse(responseCode = "201")
  @PostMapping
  Mono<ResponseEntity<Void>> create(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    HttpHeaders request = TusHeaders.begin(exchange);
    NewUpload asked = NewUpload.of(request);
    if (asked.length() > uploads.lengthMax()) {
      throw new ApiException(
          ErrorCode.REQUEST_TOO_LARGE, "A file has at most " + uploads.lengthMax() + " bytes.");
    }
    PartChecksum checksum = PartChecksum.of(request);
    Mono<Upload> created =
        BodyReceiver.blocking(() ->
            uploads.create(
                version(exchange, name, number),
                asked.path(),
                asked.length(),
                asked.sha256(),
                asked.metadata()));
    return created.flatMap(upload -> {
      HttpHeaders answer = exchange.getResponse().getHeaders();
      answer.set(HttpHeaders.LOCATION, location(name, number, upload));
      boolean more = TusHeaders.hasBytes(request) && !upload.isWhole();
      Mono<Upload> now =
          more
              ? receive(exchange, name, number, upload.id(), upload.offset(), checksum)
              : Mono.just(upload);
      return now.map(state -> answer(exchange, state, HttpStatus.CREATED));
    });
  }

  @Operation(
      summary = "List the unfinished uploads, the oldest first.",
      description = "Complete files are listed among the version's files.")
  @GetMapping
  PageView<UploadView> list(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    return new PageView<>(
        uploads.unfinished(version(exchange, name, number)).stream().map(UploadView::of).toList(),
        null);
  }

  @Operation(summary = "Show how many bytes of an upload are stored: `Upload-Offset`.")
  @RequestMapping(method = RequestMethod.HEAD, path = "/{id}")
  Mono<ResponseEntity<Void>> head(
      @PathVariable String name,
      @PathVariable int number,
      @PathVariable String id,
      ServerWebExchange exchange) {
    TusHeaders.begin(exchange);
    HttpHeaders answer = exchange.getResponse().getHeaders();
    answer.setCacheControl(CacheControl.noStore());
    return BodyReceiver.blocking(() -> uploads.get(version(exchange, name, number), parse(id)))
        .map(upload -> {
          answer.set("Upload-Length", Long.toString(upload.length()));
          if (!upload.metadata().isEmpty()) {
            answer.set("Upload-Metadata", upload.metadata());
          }
          return answer(exchange, upload, HttpStatus.OK);
        });
  }

  @Operation(
      summary = "Append to an upload at `Upload-Offset`.",
      description =
          "Acknowledged bytes are on disk. The file is added to the version with its last"
              + " byte. With `Upload-Checksum` (sha1 or sha256) a part is stored whole or not at"
              + " all.")
  @ApiResponse(responseCode = "204")
  @PatchMapping("/{id}")
  Mono<ResponseEntity<Void>> append(
      @PathVariable String name,
      @PathVariable int number,
      @PathVariable String id,
      ServerWebExchange exchange) {
    HttpHeaders request = TusHeaders.begin(exchange);
    long offset = TusHeaders.offset(request);
    PartChecksum checksum = PartChecksum.of(request);
    return receive(exchange, name, number, parse(id), offset, checksum)
        .map(upload -> answer(exchange, upload, HttpStatus.NO_CONTENT));
  }

  @Operation(summary = "Cancel an upload and free its space.")
  @ApiResponse(responseCode = "204")
  @DeleteMapping("/{id}")
  Mono<ResponseEntity<Void>> terminate(
      @PathVariable String name,
      @PathVariable int number,
      @PathVariable String id,
      ServerWebExchange exchange) {
    TusHeaders.begin(exchange);
    return BodyReceiver.blocking(() -> {
      uploads.terminate(version(exchange, name, number), parse(id));
      return ResponseEntity.noContent().build();
    });
  }

  @Operation(summary = "Do what `X-HTTP-Method-Override` says, for clients that cannot send PATCH.")
  @ApiResponse(responseCode = "204")
  @PostMapping("/{id}")
  Mono<ResponseEntity<Void>> overridden(
      @PathVariable String name,
      @PathVariable int number,
      @PathVariable String id,
      ServerWebExchange exchange) {
    String method = exchange.getRequest().getHeaders().getFirst(OVERRIDE);
    return switch (method == null ? "" : method) {
      case "PATCH" -> append(name, number, id, exchange);
      case "DELETE" -> terminate(name, number, id, exchange);
      case "HEAD" -> head(name, number, id, exchange);
      default ->
          throw new ApiException(
              ErrorCode.METHOD_NOT_ALLOWED, "This path takes POST only with " + OVERRIDE + ".");
    };
  }

  private Mono<Upload> receive(
      ServerWebExchange exchange,
      String name,
      int number,
      UUID id,
      long offset,
      @Nullable PartChecksum checksum) {
    return BodyReceiver.receive(
        exchange,
        () -> {
          UploadPart part = uploads.append(version(exchange, name, number), id, offset);
          if (checksum != null) {
            part.keepOnlyWhole();
          }
          return part;
        },
        (part, bytes) -> {
          if (checksum != null) {
            checksum.update(bytes);
          }
          part.write(bytes);
        },
        part -> {
          if (checksum != null && !checksum.matches()) {
            part.abort();
            throw new ApiException(
                ErrorCode.CHECKSUM_MISMATCH,
                "The bytes are not those that Upload-Checksum states.");
          }
          return part.finish();
        });
  }

  private static ResponseEntity<Void> answer(
      ServerWebExchange exchange, Upload upload, HttpStatus status) {
    TusHeaders.progress(exchange.getResponse().getHeaders(), upload);
    return ResponseEntity.status(status).build();
  }

  private static String location(String name, int number, Upload upload) {
    return "/api/v1/adapters/" + name + "/versions/" + number + "/uploads/" + upload.id();
  }

  private Version version(ServerWebExchange exchange, String name, int number) {
    return versions.get(Caller.of(exchange).tenantId(), name, number);
  }

  private static UUID parse(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      throw new NotFoundException("upload", id);
    }
  }
}
