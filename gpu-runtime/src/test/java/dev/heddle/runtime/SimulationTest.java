package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.runtime.LoopHarness.Sizes;
import dev.heddle.runtime.StepMetrics.Metric;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whatever happens in whatever order: the books balance, and every request gets its own tokens. */
class SimulationTest {
  private static final Logger log = LoggerFactory.getLogger(SimulationTest.class);
  private static final ModelShape SHAPE = Shapes.tiny();
  private static final int ROUNDS = 60;
  private static final int EVENTS = 2_000;

  /** A request waits at most this many steps for those before it: the longest queue runs dry. */
  private static final long MOST_STEPS_QUEUED = 6_000;

  enum Event {
    SUBMIT,
    STEP,
    LOAD,
    CANCEL,
    STOP,
    UNLOAD,
    PREFETCH,
    FAIL_LOAD,
    FAIL_PASS,
    FAIL_ROW,
    WAIT
  }

  private LoopHarness harness;
  private SimulatedModel model;
  private SimulatedAdapters adapters;
  private RandomRequests requests;
  private final List<SimulatedClient> clients = new ArrayList<>();
  private final Map<Event, Integer> events = new EnumMap<>(Event.class);
  private final List<CompletableFuture<Void>> wishes = new ArrayList<>();
  private final Map<String, Long> outcomes = new TreeMap<>();

  /** Failures are injected by the thousand: their log says nothing. */
  @BeforeAll
  static void silence() {
    level(Level.OFF);
  }

  @AfterAll
  static void restore() {
    level(null);
  }

  private static void level(Level level) {
    for (Class<?> noisy : List.of(StepLoop.class, StepOutput.class, ActiveRequests.class)) {
      ((ch.qos.logback.classic.Logger) LoggerFactory.getLogger(noisy)).setLevel(level);
    }
  }

  @Test
  void books_balance_and_every_request_gets_the_tokens_it_gets_alone() {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = 20_260_000L + round;
      try {
        run(new Random(seed));
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    log.info("events {}, outcomes {}", events, outcomes);
    assertThat(events.values().stream().mapToInt(count -> count).sum())
        .isGreaterThanOrEqualTo(100_000);
    assertThat(outcomes)
        .as("everything that can happen did")
        .containsKeys("finished", "cancelled", "preemptions", "prefix hits", "QUEUE_FULL")
        .containsKeys("CONTEXT_LENGTH", "INVALID", "ADAPTER_UNAVAILABLE", "INTERNAL");
  }

  private void run(Random random) {
    Sizes sizes = Sizes.random(random);
    adapters = new SimulatedAdapters(SHAPE, 1 + random.nextInt(8), random);
    model =
        new SimulatedModel(
            SHAPE,
            sizes.slots(SHAPE),
            sizes.adapterRows(),
            sizes.blocks(),
            sizes.blockTokens(),
            sizes.logitRows());
    harness =
        new LoopHarness(
            random,
            sizes,
            SHAPE,
            model,
            adapters,
            () -> SimulatedAdapters.BASE,
            tenant -> 1,
            (sequence, position, logits) -> {});
    harness.patienceNanos = LoopHarness.QUEUE_WAIT.toNanos();
    requests =
        new RandomRequests(
            random,
            SHAPE.vocabulary(),
            harness.check.maxContext(),
            sizes.sequences(),
            adapters.digests());
    clients.clear();
    int submitShare = 1 + random.nextInt(4);
    for (int i = 0; i < EVENTS; i++) {
      Event event = choose(random, submitShare);
      events.merge(event, 1, Integer::sum);
      happen(event, random);
      harness.loop.checkIntegrity();
    }
    harness.settle();
    check();
  }

  private static Event choose(Random random, int submitShare) {
    int draw = random.nextInt(100);
    if (draw < 50) {
      return Event.STEP;
    }
    if (draw < 70) {
      return random.nextInt(4) < submitShare ? Event.SUBMIT : Event.STEP;
    }
    if (draw < 90) {
      return Event.LOAD;
    }
    Event[] rare = Event.values();
    return rare[3 + random.nextInt(rare.length - 3)];
  }

  private void happen(Event event, Random random) {
    switch (event) {
      case SUBMIT -> submit();
      case STEP -> harness.step();
      case LOAD -> harness.load();
      case CANCEL -> cancel(random);
      case STOP -> {
        if (!clients.isEmpty()) {
          Generation generation = clients.get(random.nextInt(clients.size())).generation;
          generation.choice(random.nextInt(generation.choices())).stop();
        }
      }
      case UNLOAD -> wishes.add(harness.experts.unload(any(random)));
      case PREFETCH -> wishes.add(harness.experts.prefetch(any(random)));
      case FAIL_LOAD -> adapters.failures = 1;
      case FAIL_PASS -> model.passFailures = random.nextInt(4) == 0 ? 1 : 0;
      case FAIL_ROW -> model.rowFailures = random.nextInt(3) == 0 ? 1 : 0;
      case WAIT -> harness.now += LoopHarness.LOAD_WAIT.toNanos() / 3;
    }
  }

  private Digest any(Random random) {
    List<Digest> all = adapters.digests();
    return all.get(random.nextInt(all.size()));
  }

  private void submit() {
    try {
      clients.add(harness.submit(requests.next()));
    } catch (GenerationException e) {
      count(e.kind().name(), 1);
    }
  }

  /** One of the latest: the others have mostly ended. Its blocks are free after the next step. */
  private void cancel(Random random) {
    if (!clients.isEmpty()) {
      int back = Math.min(clients.size(), 6);
      SimulatedClient client = clients.get(clients.size() - 1 - random.nextInt(back));
      client.generation.cancel();
      harness.step();
      assertThat(client.over()).as("cancelled within one step").isTrue();
    }
  }

  private void check() {
    harness.experts.close();
    harness.loop.checkIntegrity();
    assertThat(harness.leftovers()).isEmpty();
    assertThat(adapters.openSources()).as("open sources").isZero();
    assertThat(wishes).as("prefetches and unloads come to an end").allMatch(Future::isDone);
    wishes.clear();
    AloneModel alone = new AloneModel(SHAPE);
    for (SimulatedClient client : clients) {
      assertThat(client.over()).as("%s was lost", client.generation.request().id()).isTrue();
      checkRouting(client);
      alone.check(client, adapters);
      count(outcome(client), 1);
    }
    count("tokens", harness.metrics.get(Metric.DECODED));
    count("steps", harness.metrics.get(Metric.STEPS));
    count("preemptions", harness.metrics.get(Metric.PREEMPTIONS));
    count("prefix hits", harness.metrics.get(Metric.PREFIX_HIT_TOKENS));
  }

  /** A text in the background waits for all others, and each of its tokens counts once. */
  private static void checkRouting(SimulatedClient client) {
    GenerationRequest request = client.generation.request();
    if (!request.collectsRouting()) {
      assertThat(client.stepsQueued).isLessThan(MOST_STEPS_QUEUED);
    } else if (client.finished && !client.cancelled()) {
      assertThat(client.generation.routing().tokens()).isEqualTo(request.prompt().length);
    }
  }

  private static String outcome(SimulatedClient client) {
    if (client.failure != null) {
      return client.failure.kind().name();
    }
    return client.cancelled() ? "cancelled" : "finished";
  }

  private void count(String what, long amount) {
    if (amount > 0) {
      outcomes.merge(what, amount, Long::sum);
    }
  }
}
