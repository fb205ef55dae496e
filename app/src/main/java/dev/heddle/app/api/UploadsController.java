package dev.heddle.app.api;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.tenant.Caller;
import dev.heddle.format.Digest;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.Versions;
import dev.heddle.registry.upload.AdapterIngest;
import dev.heddle.registry.upload.FileSink;
import dev.heddle.registry.upload.UploadArea;
import dev.heddle.registry.upload.UploadedFile;
import java.nio.ByteBuffer;
import java.util.Iterator;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A version's files on their way in, and the check that ends the upload. */
@RestController
@RequestMapping("/api/v1/adapters/{name}/versions")
final class UploadsController {
  /** Network buffers between socket and disk: a slow disk slows the sender, not the heap. */
  private static final int BUFFERS_AHEAD = 16;

  private final Versions versions;
  private final UploadArea uploads;
  private final AdapterIngest ingest;
  private final Scheduler blocking = Schedulers.boundedElastic();

  UploadsController(Versions versions, UploadArea uploads, AdapterIngest ingest) {
    this.versions = versions;
    this.uploads = uploads;
    this.ingest = ingest;
  }

  /**
   * Takes one file as the raw body, in place of one of the same path. It is the version's only when
   * all of it came; an aborted upload leaves nothing. The SHA-256 may be stated by {@code
   * Content-Digest}, {@code Digest} or {@code x-checksum-sha256}, and is compared then.
   */
  @PutMapping("/{number}/files/{*path}")
  Mono<ObjectNode> put(
      @PathVariable String name,
      @PathVariable int number,
      @PathVariable String path,
      ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Digest stated = StatedDigest.of(exchange.getRequest().getHeaders());
    long length = exchange.getRequest().getHeaders().getContentLength();
    Mono<FileSink> opened =
        Mono.fromCallable(() ->
                uploads.open(
                    versions.get(caller.tenantId(), name, number), path.substring(1), length))
            .subscribeOn(blocking);
    return Mono.usingWhen(
            opened,
            sink -> receive(exchange, sink).then(Mono.fromCallable(() -> sink.commit(stated))),
            UploadsController::close,
            (sink, failure) -> close(sink),
            UploadsController::close)
        .map(UploadsController::view);
  }

  /** Files that came in whole. */
  @GetMapping("/{number}/files")
  ObjectNode list(@PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Version version = versions.get(Caller.of(exchange).tenantId(), name, number);
    ObjectNode body = Views.object();
    ArrayNode items = body.putArray("items");
    uploads.files(version.id()).forEach(file -> items.add(view(file)));
    return body;
  }

  /**
   * Checks the files as a whole: answers the version, READY with its digest, or 422 with everything
   * that is wrong; it is REJECTED then and keeps the report.
   */
  @PostMapping("/{number}:complete")
  ObjectNode complete(
      @PathVariable String name, @PathVariable int number, ServerWebExchange exchange) {
    Principal caller = Caller.of(exchange);
    Version version =
        ingest.complete(caller.actor(), versions.get(caller.tenantId(), name, number));
    if (version.state() == VersionState.REJECTED) {
      throw new ApiException(
          ErrorCode.INVALID_ADAPTER,
          version.label() + " is rejected: " + version.report().size() + " violations.",
          version.report());
    }
    return Views.version(version, versions.experts(version.id()));
  }

  private Mono<Void> receive(ServerWebExchange exchange, FileSink sink) {
    return exchange
        .getRequest()
        .getBody()
        .publishOn(blocking, BUFFERS_AHEAD)
        .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
        .map(buffer -> write(buffer, sink))
        .then();
  }

  /** Writes and releases a buffer; answers its size, since what is dropped must not be a buffer. */
  private static int write(DataBuffer buffer, FileSink sink) {
    int bytes = buffer.readableByteCount();
    try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
      Iterator<ByteBuffer> each = parts;
      while (each.hasNext()) {
        sink.write(each.next());
      }
      return bytes;
    } finally {
      DataBufferUtils.release(buffer);
    }
  }

  private static Mono<Void> close(FileSink sink) {
    return Mono.fromRunnable(sink::close);
  }

  private static ObjectNode view(UploadedFile file) {
    return Views.object()
        .put("path", file.path())
        .put("bytes", file.bytes())
        .put("sha256", file.sha256().hex())
        .put("stored_at", file.storedAt().toString());
  }
}
