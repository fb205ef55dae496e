package dev.heddle.app.refusal;

import java.time.Duration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * What a refused request still sends. Left unread, it would stand before the connection's next
 * request, which would wait for ever: so it is read and dropped, or, if it is long, the connection
 * ends with the answer.
 */
final class UnreadBody {
  /** More than this of a body nobody wants is not worth a connection. */
  private static final long MOST_BYTES = 8L << 20;

  private static final Duration LONGEST = Duration.ofSeconds(2);

  private UnreadBody() {}

  /** Completes when the answer may be sent; never fails. To be called before headers are sent. */
  static Mono<Void> drop(ServerWebExchange exchange) {
    HttpHeaders request = exchange.getRequest().getHeaders();
    long length = request.getContentLength();
    if (length == 0 || (length < 0 && request.getFirst(HttpHeaders.TRANSFER_ENCODING) == null)) {
      return Mono.empty();
    }
    ServerHttpResponse response = exchange.getResponse();
    if (response.getHeaders().getConnection().contains("close")) {
      return Mono.empty();
    }
    if (length > MOST_BYTES || request.getFirst(HttpHeaders.EXPECT) != null) {
      return Mono.fromRunnable(() -> close(response));
    }
    return exchange
        .getRequest()
        .getBody()
        .map(UnreadBody::release)
        .scan(0L, Long::sum)
        .takeUntil(bytes -> bytes > MOST_BYTES)
        .last(0L)
        .timeout(LONGEST, Mono.just(Long.MAX_VALUE))
        .onErrorReturn(0L) // it was read already
        .doOnNext(bytes -> {
          if (bytes > MOST_BYTES) {
            close(response);
          }
        })
        .then();
  }

  private static long release(DataBuffer buffer) {
    int bytes = buffer.readableByteCount();
    DataBufferUtils.release(buffer);
    return bytes;
  }

  /** Lets the connection end with the answer. */
  static void close(ServerHttpResponse response) {
    response.getHeaders().set(HttpHeaders.CONNECTION, "close");
  }
}
