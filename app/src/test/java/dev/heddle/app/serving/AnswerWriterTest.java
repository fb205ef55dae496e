package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.speech.Piece;
import dev.heddle.runtime.FinishReason;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.ScriptedEngine;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** The text of a stream: what stands in it, and how it ends. */
class AnswerWriterTest {
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private final AnswerWriter writer = new AnswerWriter(SILENCE);
  private final ChatFormat chat = new ChatFormat(taken(ScriptedAnswer.of(1, 1, true)));

  @Test
  void a_stream_opens_with_the_role_and_ends_with_done() {
    StepVerifier.create(
            writer.frames(
                chat, Flux.just(new StreamEvent.Admitted(), progress("hello", FinishReason.STOP))))
        .assertNext(frame -> assertThat(frame).startsWith("data: {").contains("\"assistant\""))
        .assertNext(frame -> assertThat(frame).contains("\"hello\"").endsWith("}\n\n"))
        .assertNext(frame -> assertThat(frame).contains("\"finish_reason\":\"stop\""))
        .expectNext("data: [DONE]\n\n")
        .verifyComplete();
  }

  @Test
  void a_refusal_before_the_first_event_is_an_error_so_that_it_has_a_status_of_its_own() {
    GenerationException refused =
        new GenerationException(GenerationException.Kind.QUEUE_FULL, "full");
    StepVerifier.create(writer.frames(chat, Flux.error(refused)))
        .verifyErrorMatches(e -> e == refused);
  }

  @Test
  void a_failure_after_the_first_event_is_an_event_and_no_done_follows() {
    Flux<StreamEvent> events =
        Flux.<StreamEvent>just(new StreamEvent.Admitted())
            .concatWith(
                Flux.error(
                    new GenerationException(GenerationException.Kind.INTERNAL, "secret cause")));
    StepVerifier.create(writer.frames(chat, events))
        .expectNextCount(1)
        .assertNext(
            frame -> assertThat(frame).startsWith("data: {\"error\"").doesNotContain("secret"))
        .verifyComplete();
  }

  @Test
  void a_silent_stream_says_that_it_is_alive_and_one_that_speaks_does_not() {
    TestPublisher<StreamEvent> events = TestPublisher.create();
    StepVerifier.withVirtualTime(() -> writer.frames(chat, events.flux()))
        .then(() -> events.next(new StreamEvent.Admitted()))
        .expectNextCount(1)
        .thenAwait(SILENCE) // it has spoken since the last look
        .thenAwait(SILENCE)
        .expectNext(AnswerWriter.KEEP_ALIVE)
        .then(() -> events.next(progress("x", null)))
        .expectNextCount(1)
        .thenAwait(SILENCE)
        .then(events::complete)
        .expectNext("data: [DONE]\n\n")
        .verifyComplete();
  }

  /** Usage and outputs are those of an engine that has taken the answer's prompts. */
  private static Answer taken(Answer answer) {
    ScriptedEngine engine = new ScriptedEngine();
    for (int i = 0; i < answer.prompts().size(); i++) {
      answer.submitted(i, engine.submit(answer.prompts().get(i).request(), new Deaf()));
      engine.admit(i);
    }
    return answer;
  }

  private static StreamEvent progress(String text, @Nullable FinishReason finish) {
    return new StreamEvent.Progress(
        new Delta(0, false, 0, new int[0], List.of(new Piece.Content(text)), finish));
  }
}
