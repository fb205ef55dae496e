package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.quota.QuotaGate;
import dev.heddle.app.quota.RequestTurn;
import dev.heddle.registry.access.TenantLimits;
import dev.heddle.registry.usage.UsageRow;
import dev.heddle.runtime.FinishReason;
import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.ScriptedEngine;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** An answer's way, event by event; however it ends, nothing stays charged, held or running. */
class GenerationServiceTest {
  private final ScriptedEngine engine = new ScriptedEngine();
  private final List<UsageRow> usage = new ArrayList<>();
  private TenantLimits limits = new TenantLimits(1, null, 1000L, 100, null, null);
  private final QuotaGate gate =
      new QuotaGate(tenant -> limits, tenant -> Map.of(), () -> 1, limit -> {});
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private boolean queueIsFull;
  private final GenerationService service =
      new GenerationService(
          engine::submit,
          engine::submit,
          this::queue,
          Schedulers.immediate(),
          version -> 0,
          gate,
          usage::add,
          new AnswerLog(new AnswerMeters(meters, "base", false)));

  private void queue(String tenant) {
    if (queueIsFull) {
      throw new GenerationException(GenerationException.Kind.QUEUE_FULL, tenant);
    }
  }

  @Test
  void what_would_wait_too_long_is_refused_unread_and_counted() {
    service.checkQueue(UUID.randomUUID());
    queueIsFull = true;
    assertThatThrownBy(() -> service.checkQueue(UUID.randomUUID()))
        .isInstanceOf(GenerationException.class);
    assertThat(meters.get("heddle.requests.ended").tag("outcome", "refused").counter().count())
        .isEqualTo(1);
  }

  @BeforeAll
  static void a_test_that_hangs_says_so() {
    StepVerifier.setDefaultTimeout(Duration.ofSeconds(30));
  }

  @AfterAll
  static void forget() {
    StepVerifier.resetDefaultTimeout();
  }

  @AfterEach
  void nothing_is_held_after_the_end() {
    assertThat(engine.held()).as("memory of answers").isZero();
    assertThat(gate.latest(ScriptedAnswer.TENANT).block().concurrentSequences()).isZero();
  }

  @Test
  void tokens_come_as_text_after_the_admission_and_are_charged() {
    Answer answer = ScriptedAnswer.of(1, 1, true);
    verify(answer, Long.MAX_VALUE)
        .then(() -> engine.admit(0))
        .expectNext(new StreamEvent.Admitted())
        .then(() -> engine.token(0, 0, ScriptedAnswer.token(" the")))
        .assertNext(event -> assertThat(delta(event).text()).contains("the"))
        .then(() -> engine.finish(0, 0, FinishReason.LENGTH))
        .assertNext(event -> assertThat(delta(event).finish()).isEqualTo(FinishReason.LENGTH))
        .verifyComplete();
    assertThat(usage).extracting(UsageRow::outcome).containsExactly("length");
    assertThat(tokensLeft()).as("three of the prompt, one of the answer").isEqualTo(996);
  }

  @Test
  void no_token_is_told_before_every_prompt_is_admitted() {
    Answer answer = ScriptedAnswer.of(2, 1, true);
    verify(answer, Long.MAX_VALUE)
        .then(() -> engine.admit(1))
        .then(() -> engine.token(1, 0, ScriptedAnswer.token(" the")))
        .then(() -> assertThat(answer.begun()).isFalse())
        .then(() -> engine.admit(0))
        .expectNext(new StreamEvent.Admitted())
        .assertNext(event -> assertThat(delta(event).choice()).isEqualTo(1))
        .then(() -> engine.finish(0, 0, FinishReason.STOP))
        .then(() -> engine.finish(1, 0, FinishReason.STOP))
        .expectNextCount(2)
        .verifyComplete();
  }

  @Test
  void a_refusal_before_the_admission_is_an_error_and_costs_nothing() {
    engine.refuse(new GenerationException(GenerationException.Kind.QUEUE_FULL, "full"));
    verify(ScriptedAnswer.of(1, 2, true), Long.MAX_VALUE)
        .verifyErrorMatches(e -> ((GenerationException) e).kind().name().equals("QUEUE_FULL"));
    assertThat(usage).isEmpty();
    assertThat(tokensLeft()).isEqualTo(1000);
  }

  @Test
  void a_failure_of_one_prompt_ends_the_others() {
    GenerationException broken =
        new GenerationException(GenerationException.Kind.INTERNAL, "broken");
    verify(ScriptedAnswer.of(2, 1, true), Long.MAX_VALUE)
        .then(() -> engine.admit(0))
        .then(() -> engine.admit(1))
        .expectNext(new StreamEvent.Admitted())
        .then(() -> engine.fail(0, broken))
        .verifyErrorMatches(e -> e == broken);
    assertThat(engine.isCancelled(1)).isTrue();
    assertThat(usage).extracting(UsageRow::outcome).containsExactly("failed");
    engine.finish(1, 0, FinishReason.CANCELLED);
  }

  @Test
  void a_client_that_leaves_cancels_the_engine_at_once_and_pays_for_what_it_had() {
    verify(ScriptedAnswer.of(1, 2, true), Long.MAX_VALUE)
        .then(() -> engine.admit(0))
        .expectNext(new StreamEvent.Admitted())
        .then(() -> engine.token(0, 1, ScriptedAnswer.token(" the")))
        .expectNextCount(1)
        .thenCancel()
        .verify();
    assertThat(engine.isCancelled(0)).isTrue();
    assertThat(usage).extracting(UsageRow::outcome).containsExactly("cancelled");
    assertThat(tokensLeft()).isEqualTo(996);
    engine.finish(0, 0, FinishReason.CANCELLED);
    engine.finish(0, 1, FinishReason.CANCELLED);
  }

  @Test
  void a_slow_reader_gets_what_has_come_meanwhile_in_one_piece_and_keeps_its_memory_charged() {
    verify(ScriptedAnswer.of(1, 1, true), 1)
        .then(() -> engine.admit(0))
        .expectNext(new StreamEvent.Admitted())
        .then(() -> engine.token(0, 0, ScriptedAnswer.token(" the")))
        .then(() -> engine.token(0, 0, ScriptedAnswer.token(" cat")))
        .then(() -> engine.finish(0, 0, FinishReason.STOP))
        .then(() -> assertThat(engine.held()).as("the engine is done, the reader not").isPositive())
        .thenRequest(1)
        .assertNext(event -> assertThat(delta(event).text()).contains("the").contains("cat"))
        .verifyComplete();
  }

  @Test
  void a_stop_text_ends_its_choice_and_is_not_told() {
    verify(ScriptedAnswer.of(1, 1, true, " cat"), Long.MAX_VALUE)
        .then(() -> engine.admit(0))
        .expectNext(new StreamEvent.Admitted())
        .then(() -> engine.token(0, 0, ScriptedAnswer.token(" the")))
        .then(() -> engine.token(0, 0, ScriptedAnswer.token(" cat")))
        .thenConsumeWhile(
            event -> delta(event).finish() == null,
            event -> assertThat(delta(event).text()).doesNotContain("cat"))
        .assertNext(event -> {
          assertThat(delta(event).finish()).isEqualTo(FinishReason.STOP);
          assertThat(delta(event).text()).doesNotContain("cat");
        })
        .verifyComplete();
    engine.finish(0, 0, FinishReason.STOP);
    assertThat(usage).extracting(UsageRow::outcome).containsExactly("stop");
  }

  @Test
  void a_limit_that_does_not_hold_the_request_refuses_it_before_the_engine_sees_it() {
    limits = new TenantLimits(1, null, 10L, null, null, null);
    verify(ScriptedAnswer.of(1, 1, true), Long.MAX_VALUE)
        .verifyErrorMatches(
            e -> e instanceof ApiException refused && refused.code().status() == 400);
    assertThat(engine.taken()).isZero();
  }

  private StepVerifier.FirstStep<StreamEvent> verify(Answer answer, long request) {
    RequestTurn turn =
        Objects.requireNonNull(service.inTurn(ScriptedAnswer.TENANT, Mono::just).block());
    return StepVerifier.create(service.run(answer, turn, new HttpHeaders()), request);
  }

  private long tokensLeft() {
    return gate.latest(ScriptedAnswer.TENANT).block().tokens().remaining();
  }

  private static Delta delta(StreamEvent event) {
    return ((StreamEvent.Progress) event).delta();
  }
}
