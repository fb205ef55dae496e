package dev.heddle.app.serving;

import dev.heddle.app.error.Errors;
import dev.heddle.app.request.InFlightBudget;
import dev.heddle.app.tracing.RequestTrace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Writes an answer to its client, in one piece or as server-sent events.
 *
 * <p>Status and headers go out with the first event, which is the admission; so a refusal before it
 * has a status of its own, and a failure after it is an event, and nothing follows it. The response
 * asks the answer for more only as the client reads on.
 */
final class AnswerWriter {
  static final String KEEP_ALIVE = ": keep-alive\n\n";
  private static final String ADMITTED = ": admitted\n\n";

  /** Events asked for ahead of the client. */
  private static final int PREFETCH = 8;

  private final Duration keepAlive;

  /**
   * @param keepAlive a comment is sent when a stream was silent this long
   */
  AnswerWriter(Duration keepAlive) {
    this.keepAlive = keepAlive;
  }

  Mono<Void> write(ServerHttpResponse response, AnswerFormat format, Flux<StreamEvent> events) {
    response.getHeaders().set("x-heddle-version", format.answer().head().model().servedBy());
    return Mono.using(
        InFlightBudget.HEAP::open,
        charge -> {
          charge.add(AnswerMemory.bytes(format), "The answer");
          return format.answer().options().stream()
              ? stream(response, format, events)
              : whole(response, format, events);
        },
        InFlightBudget.Charge::close);
  }

  private Mono<Void> whole(
      ServerHttpResponse response, AnswerFormat format, Flux<StreamEvent> events) {
    List<DeltaSum> sums = new ArrayList<>();
    for (int i = 0; i < format.answer().choices(); i++) {
      sums.add(new DeltaSum(i));
    }
    Mono<DataBuffer> body =
        events
            .doOnNext(event -> {
              if (event instanceof StreamEvent.Progress(Delta delta)) {
                sums.get(delta.choice()).add(delta);
              }
            })
            .then(
                Mono.fromSupplier(() -> {
                  var deltas = sums.stream().map(DeltaSum::sum).toList();
                  DataBuffer json = buffer(response, format.whole(deltas).toString());
                  response.getHeaders().setContentLength(json.readableByteCount());
                  return json;
                }));
    response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
    return response.writeWith(body);
  }

  private Mono<Void> stream(
      ServerHttpResponse response, AnswerFormat format, Flux<StreamEvent> events) {
    HttpHeaders headers = response.getHeaders();
    headers.setContentType(MediaType.TEXT_EVENT_STREAM);
    headers.setCacheControl("no-cache");
    headers.set("X-Accel-Buffering", "no"); // proxies that would hold events back
    // Whatever is there is flushed when nothing more is: no flush is asked for after each frame.
    return response.writeWith(frames(format, events).map(frame -> buffer(response, frame)));
  }

  /** The stream's text, event by event; an error if the first event is one. */
  Flux<String> frames(AnswerFormat format, Flux<StreamEvent> events) {
    return events.switchOnFirst(
        (first, all) -> first.isOnError() ? all.cast(String.class) : keptAlive(told(format, all)));
  }

  /** Events and their end as one sequence, so that no second one has to be joined to it. */
  private static Flux<String> told(AnswerFormat format, Flux<StreamEvent> events) {
    return events
        .materialize()
        .concatMapIterable(
            signal ->
                switch (signal.getType()) {
                  case ON_NEXT -> framesOf(Objects.requireNonNull(signal.get()), format);
                  case ON_COMPLETE -> format.ending();
                  default -> List.of(failed(Objects.requireNonNull(signal.getThrowable()), format));
                },
            PREFETCH);
  }

  private static List<String> framesOf(StreamEvent event, AnswerFormat format) {
    return switch (event) {
      case StreamEvent.Admitted() -> {
        List<String> opening = format.opening();
        // The headers are to go out even where no chunk does.
        yield opening.isEmpty() ? List.of(ADMITTED) : opening;
      }
      case StreamEvent.Progress(Delta delta) -> format.told(delta);
    };
  }

  private static String failed(Throwable failure, AnswerFormat format) {
    RequestTrace trace = format.answer().head().trace();
    return format.failure(Errors.of(failure, trace.requestId(), trace.traceId()));
  }

  private Flux<String> keptAlive(Flux<String> frames) {
    AtomicBoolean spoke = new AtomicBoolean();
    Sinks.Empty<Void> over = Sinks.empty();
    Flux<String> silence =
        Flux.interval(keepAlive)
            .onBackpressureDrop()
            .filter(tick -> !spoke.getAndSet(false))
            .map(tick -> KEEP_ALIVE)
            .takeUntilOther(over.asMono());
    return Flux.merge(
        frames.doOnNext(frame -> spoke.set(true)).doOnTerminate(over::tryEmitEmpty), silence);
  }

  private static DataBuffer buffer(ServerHttpResponse response, String text) {
    return response.bufferFactory().wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
