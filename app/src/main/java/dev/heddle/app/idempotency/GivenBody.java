package dev.heddle.app.idempotency;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.Flux;

/** A request whose body was read already. */
final class GivenBody extends ServerHttpRequestDecorator {
  private final byte[] body;

  GivenBody(ServerHttpRequest request, byte[] body) {
    super(request);
    this.body = body.clone();
  }

  @Override
  public Flux<DataBuffer> getBody() {
    return body.length == 0
        ? Flux.empty()
        : Flux.defer(() -> Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(body)));
  }
}
