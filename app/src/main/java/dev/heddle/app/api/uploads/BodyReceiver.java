package dev.heddle.app.api.uploads;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Takes a request's body to somewhere that blocks, never holding more than a few buffers of it. */
final class BodyReceiver {
  /** Network buffers between socket and disk: a slow disk slows the sender, not the heap. */
  private static final int BUFFERS_AHEAD = 16;

  private static final Scheduler BLOCKING = Schedulers.boundedElastic();

  private BodyReceiver() {}

  /**
   * Opens something, gives it the body, and ends it; closes it whatever happens, also when the
   * sender leaves or pauses for too long. The closing may come while a buffer is being written.
   *
   * @param write takes all of a buffer that is valid during the call alone
   * @param end what the whole body comes to
   */
  static <S extends AutoCloseable, T> Mono<T> receive(
      ServerWebExchange exchange, Callable<S> open, Writer<S> write, Ending<S, T> end) {
    return Mono.usingWhen(
        blocking(open),
        sink ->
            body(exchange, bytes -> write.write(sink, bytes))
                .then(Mono.fromCallable(() -> end.end(sink))),
        BodyReceiver::close,
        (sink, failure) -> close(sink),
        BodyReceiver::close);
  }

  /** Runs what blocks. */
  static <T> Mono<T> blocking(Callable<T> work) {
    return Mono.fromCallable(work).subscribeOn(BLOCKING);
  }

  /** What takes the bytes. */
  interface Writer<S> {
    void write(S sink, ByteBuffer bytes);
  }

  /** What ends it. */
  interface Ending<S, T> {
    T end(S sink);
  }

  private static Mono<Void> body(ServerWebExchange exchange, Consumer<ByteBuffer> sink) {
    return exchange
        .getRequest()
        .getBody()
        .publishOn(BLOCKING, BUFFERS_AHEAD)
        .doOnDiscard(DataBuffer.class, DataBufferUtils::release)
        .map(buffer -> write(buffer, sink))
        .then();
  }

  /** Writes and releases a buffer; answers its size, since what is dropped must not be a buffer. */
  private static int write(DataBuffer buffer, Consumer<ByteBuffer> sink) {
    int bytes = buffer.readableByteCount();
    try (DataBuffer.ByteBufferIterator parts = buffer.readableByteBuffers()) {
      Iterator<ByteBuffer> each = parts;
      each.forEachRemaining(sink);
      return bytes;
    } finally {
      DataBufferUtils.release(buffer);
    }
  }

  private static Mono<Void> close(AutoCloseable sink) {
    return BodyReceiver.<Void>blocking(() -> {
      sink.close();
      return null;
    });
  }
}
