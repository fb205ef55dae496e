package dev.heddle.app.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.runtime.FinishReason;
import dev.heddle.runtime.ScriptedEngine;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The engine, the worker and the reader each on a thread of its own, in an order that is drawn. */
class AnswerRunTest {
  private static final List<String> WORDS = List.of(" the", " cat", " dog", " old", " follows");

  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);
  private final Scheduler scheduler = Schedulers.newParallel("answers", 2, true);
  private final ScriptedEngine engine = new ScriptedEngine();
  private final Answer answer = ScriptedAnswer.of(1, 2, true);
  private final Reader reader = new Reader();

  @AfterEach
  void stop() {
    scheduler.dispose();
  }

  @RepeatedTest(20)
  void every_token_is_told_once_and_in_order_whenever_the_reader_asks() throws Exception {
    begin();
    StringBuilder[] expected = {new StringBuilder(), new StringBuilder()};
    Thread asking = Thread.ofPlatform().start(reader::askNowAndThen);
    engine.admit(0);
    for (int i = 0; i < 14; i++) {
      String word = WORDS.get(random.nextInt(WORDS.size()));
      engine.token(0, i % 2, ScriptedAnswer.token(word));
      expected[i % 2].append(word);
    }
    engine.finish(0, 1, FinishReason.STOP);
    engine.finish(0, 0, FinishReason.LENGTH);
    assertThat(reader.ended.await(30, TimeUnit.SECONDS)).as("seed %d: it ends", seed).isTrue();
    asking.join();
    assertThat(reader.end).isEqualTo(SignalType.ON_COMPLETE);
    assertThat(reader.most).as("events at once").hasValue(1);
    for (int choice = 0; choice < 2; choice++) {
      assertThat(reader.texts[choice].toString().strip())
          .as("seed %d, choice %d", seed, choice)
          .isEqualTo(expected[choice].toString().strip());
    }
    await().untilAsserted(() -> assertThat(engine.held()).isZero());
  }

  @RepeatedTest(20)
  void a_reader_that_leaves_at_any_moment_stops_the_engine_and_frees_the_memory() throws Exception {
    begin();
    reader.request(Long.MAX_VALUE);
    int leaves = random.nextInt(10);
    Thread leaving = null;
    engine.admit(0);
    for (int i = 0; i < 10; i++) {
      if (i == leaves) {
        leaving = Thread.ofPlatform().start(reader::cancel);
      }
      engine.token(0, i % 2, ScriptedAnswer.token(WORDS.get(i % WORDS.size())));
    }
    leaving.join();
    assertThat(engine.isCancelled(0)).as("seed %d", seed).isTrue();
    engine.finish(0, 0, FinishReason.CANCELLED);
    engine.finish(0, 1, FinishReason.CANCELLED);
    await().untilAsserted(() -> assertThat(engine.held()).as("seed %d", seed).isZero());
  }

  private void begin() {
    Flux.<StreamEvent>create(
            sink -> {
              AnswerRun run = new AnswerRun(answer, sink, scheduler.createWorker());
              sink.onRequest(n -> run.wake());
              sink.onCancel(run::cancel);
              run.start(engine::submit, engine::submit);
            })
        .subscribe(reader);
    await().until(() -> engine.taken() == 1);
  }

  /** Reads as much as it has asked for; knows what came, and how many events came at once. */
  private final class Reader extends BaseSubscriber<StreamEvent> {
    final StringBuilder[] texts = {new StringBuilder(), new StringBuilder()};
    final CountDownLatch ended = new CountDownLatch(1);
    final AtomicInteger most = new AtomicInteger();
    private final AtomicInteger now = new AtomicInteger();
    private final Random pauses = new Random(seed + 1);
    volatile SignalType end;

    void askNowAndThen() {
      while (ended.getCount() > 0) {
        request(1 + pauses.nextInt(2));
        for (int i = pauses.nextInt(2000); i > 0; i--) {
          Thread.onSpinWait();
        }
      }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      // It asks later.
    }

    @Override
    protected void hookOnNext(StreamEvent event) {
      most.accumulateAndGet(now.incrementAndGet(), Math::max);
      if (event instanceof StreamEvent.Progress(Delta delta)) {
        texts[delta.choice()].append(delta.text());
      }
      now.decrementAndGet();
    }

    @Override
    protected void hookFinally(SignalType type) {
      end = type;
      ended.countDown();
    }
  }
}
