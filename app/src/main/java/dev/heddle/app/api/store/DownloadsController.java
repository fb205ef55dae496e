package dev.heddle.app.api.store;

import dev.heddle.app.request.RestOfPath;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.access.Scope;
import dev.heddle.registry.download.AdapterDownload;
import dev.heddle.registry.download.AdapterDownloads;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The caller's versions as the folders that were uploaded. Bytes are read as the client takes them;
 * when it leaves, reading stops.
 */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Adapters")
@RequestMapping("/api/v1/adapters/{name}/versions/{number}")
final class DownloadsController {
  private static final int CHUNK_BYTES = 1 << 16;
  private static final MediaType TAR = MediaType.valueOf("application/x-tar");

  private final AdapterDownloads downloads;
  private final ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor();

  DownloadsController(AdapterDownloads downloads) {
    this.downloads = downloads;
  }

  /** What is sent of a download. */
  private record Body(String fileName, MediaType type, long bytes, Writing writing) {}

  private interface Writing {
    void write(OutputStream out) throws IOException;
  }

  @Operation(
      summary = "Download a ready version as a tar of a folder.",
      description =
          "`expert_cfg.json` and the other small files as they were uploaded, and the tensors bit"
              + " for bit, under their full names, in `model.safetensors` or numbered parts of it.")
  @ApiResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = "application/x-tar",
              schema = @Schema(type = "string", format = "binary")))
  @ApiResponse(responseCode = "409") // not ready, or another base model's
  @GetMapping("/archive")
  Mono<Void> archive(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    return send(
        name,
        number,
        exchange,
        download ->
            new Body(
                download.name() + ".tar", TAR, download.archiveBytes(), download::writeArchive));
  }

  @Operation(summary = "Download one file of a ready version, as the archive has it.")
  @ApiResponse(
      responseCode = "200",
      content =
          @Content(
              mediaType = "application/octet-stream",
              schema = @Schema(type = "string", format = "binary")))
  @ApiResponse(responseCode = "409")
  @GetMapping("/files/{*path}")
  Mono<Void> file(
      @PathVariable String name,
      @PathVariable int number,
      @PathVariable String path,
      ServerWebExchange exchange) {
    String file = RestOfPath.of(path);
    return send(
        name,
        number,
        exchange,
        download ->
            new Body(
                file,
                MediaType.APPLICATION_OCTET_STREAM,
                download.bytes(file),
                out -> download.write(file, out)));
  }

  private Mono<Void> send(
      String name, int number, ServerWebExchange exchange, Function<AdapterDownload, Body> choice) {
    Principal caller = Caller.of(exchange);
    return Mono.usingWhen(
        Mono.fromCallable(() -> downloads.open(caller.tenantId(), name, number))
            .subscribeOn(Schedulers.boundedElastic()),
        download -> send(exchange, choice.apply(download)),
        DownloadsController::close,
        (download, failure) -> close(download),
        DownloadsController::close);
  }

  private Mono<Void> send(ServerWebExchange exchange, Body body) {
    ServerHttpResponse response = exchange.getResponse();
    response.getHeaders().setContentType(body.type());
    response.getHeaders().setContentLength(body.bytes());
    response
        .getHeaders()
        .setContentDisposition(ContentDisposition.attachment().filename(body.fileName()).build());
    if (exchange.getRequest().getMethod().equals(HttpMethod.HEAD)) {
      return response.setComplete();
    }
    Flux<DataBuffer> bytes =
        Flux.from(
            DataBufferUtils.outputStreamPublisher(
                out -> write(body, out), response.bufferFactory(), writers, CHUNK_BYTES));
    return response.writeWith(bytes);
  }

  /** Waits whenever the client does; a client that left ends it with an exception. */
  private static void write(Body body, OutputStream out) {
    try {
      body.writing().write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Mono<Void> close(AdapterDownload download) {
    return Mono.fromRunnable(download::close);
  }
}
