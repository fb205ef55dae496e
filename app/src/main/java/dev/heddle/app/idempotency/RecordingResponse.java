package dev.heddle.app.idempotency;

import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A response that is handed over whole before anything of it goes to the client. */
final class RecordingResponse extends ServerHttpResponseDecorator {
  private static final byte[] NOTHING = {};

  private final Function<KeptAnswer, Mono<Void>> recorder;

  /**
   * @param recorder what it answers ends before the client gets the response; it does not fail
   */
  RecordingResponse(ServerHttpResponse response, Function<KeptAnswer, Mono<Void>> recorder) {
    super(response);
    this.recorder = recorder;
  }

  @Override
  public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
    return DataBufferUtils.join(body)
        .map(RecordingResponse::take)
        .defaultIfEmpty(NOTHING)
        .flatMap(bytes ->
            record(bytes)
                .then(
                    Mono.defer(
                        () -> getDelegate().writeWith(Mono.just(bufferFactory().wrap(bytes))))));
  }

  @Override
  public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
    return writeWith(Flux.from(body).concatMap(part -> part));
  }

  @Override
  public Mono<Void> setComplete() {
    return record(NOTHING).then(Mono.defer(getDelegate()::setComplete));
  }

  private Mono<Void> record(byte[] body) {
    return Mono.defer(() -> {
      HttpStatusCode status = getStatusCode();
      return recorder.apply(
          new KeptAnswer(
              status == null ? 200 : status.value(), KeptAnswer.kept(getHeaders()), body));
    });
  }

  private static byte[] take(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }
}
