package dev.heddle.cli.bench;

import dev.heddle.cli.Console;
import dev.heddle.model.WeightSource;
import dev.heddle.ops.Precision;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.sample.SamplingParams;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * What it costs to score a prompt (its logprobs, as evaluation harnesses ask for them): how fast
 * the prompt goes compared with one that is not scored, and how long others' streams wait for their
 * next token meanwhile; and the same of texts whose routing is collected in the background. All
 * kinds take turns, through the whole engine.
 */
final class ScoringBench {
  private static final int STREAMS = 4;
  private static final int MOST_ROUNDS = 20;
  private static final long MOST_NANOS = 90_000_000_000L; // then two rounds are enough
  private static final int ALTERNATIVES = 5;
  private static final long ALONE_NANOS = 3_000_000_000L;

  private final InferenceRuntime runtime;
  private final Random random = new Random(1);
  private final int length;
  private int asked;

  /** What is asked of a prompt. */
  private enum Ask {
    PREFILL,
    SCORED_PREFILL,
    BACKGROUND
  }

  /** Prompts of one kind: the time they took, and what others felt of it. */
  private static final class Kind {
    final Gaps gaps = new Gaps();
    final Gaps times = new Gaps();

    /** Of the median prompt; 0 if there was none. */
    double tokensPerSecond(int length) {
      double millis = times.millis(0.5);
      return millis == 0 ? 0 : length * 1e3 / millis;
    }
  }

  private ScoringBench(InferenceRuntime runtime, int length) {
    this.runtime = runtime;
    this.length = Math.min(length, runtime.maxContext() - 1);
  }

  static void run(
      WeightSource source,
      Precision precision,
      String backend,
      int threads,
      int length,
      Console console) {
    try (InferenceRuntime runtime = BenchRuntime.start(source, precision, backend, threads)) {
      new ScoringBench(runtime, length).run(console);
    }
  }

  private void run(Console console) {
    Map<Ask, Kind> unaccompanied = kinds();
    prompts(null, unaccompanied);
    Kind alone = new Kind();
    Map<Ask, Kind> beside = kinds();
    try (Streams streams = new Streams(runtime, STREAMS)) {
      LockSupport.parkNanos(ALONE_NANOS);
      streams.record(alone.gaps);
      LockSupport.parkNanos(ALONE_NANOS);
      prompts(streams, beside);
    }
    report(console, unaccompanied, alone, beside);
  }

  private static Map<Ask, Kind> kinds() {
    Map<Ask, Kind> kinds = new EnumMap<>(Ask.class);
    for (Ask ask : Ask.values()) {
      kinds.put(ask, new Kind());
    }
    return kinds;
  }

  /** Prompts of all kinds in turns; the first of each warms up. */
  private void prompts(@Nullable Streams streams, Map<Ask, Kind> kinds) {
    long end = System.nanoTime() + MOST_NANOS;
    for (int round = 0; round <= MOST_ROUNDS && (round <= 2 || System.nanoTime() < end); round++) {
      for (Map.Entry<Ask, Kind> entry : kinds.entrySet()) {
        Kind kind = entry.getValue();
        if (streams != null) {
          streams.record(round == 0 ? null : kind.gaps);
        }
        long start = System.nanoTime();
        ask(entry.getKey());
        if (round > 0) {
          kind.times.add(System.nanoTime() - start);
        }
        if (streams != null) {
          streams.record(null);
        }
      }
    }
  }

  /** A prompt that nobody has asked before, to its first token. */
  private void ask(Ask ask) {
    Answers.all(runtime, List.of(request(ask)));
  }

  private GenerationRequest request(Ask ask) {
    String id = "prompt " + asked++;
    int[] prompt = random.ints(length, 0, runtime.shape().vocabulary()).toArray();
    if (ask == Ask.BACKGROUND) {
      return GenerationRequest.routing(id, "prompts", prompt);
    }
    int promptLogprobs = ask == Ask.SCORED_PREFILL ? ALTERNATIVES : -1;
    return new GenerationRequest(
        id, "prompts", null, prompt, 1, 1, true, -1, promptLogprobs, SamplingParams.GREEDY);
  }

  private void report(
      Console console, Map<Ask, Kind> unaccompanied, Kind alone, Map<Ask, Kind> beside) {
    double plain = rate(unaccompanied, Ask.PREFILL);
    double scored = rate(unaccompanied, Ask.SCORED_PREFILL);
    double background = rate(unaccompanied, Ask.BACKGROUND);
    console.note(
        String.format(
            "prompts of %d tokens, vocabulary %d, %s backend",
            length, runtime.shape().vocabulary(), runtime.backend()));
    console.note(
        String.format(
            "prefill %.1f tokens/s, scored %.1f: %.2f of it, in the background %.1f: %.2f of it",
            plain, scored, scored / plain, background, background / plain));
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeStringProperty("backend", runtime.backend());
    json.writeNumberProperty("prompt_tokens", length);
    json.writeNumberProperty("vocabulary", runtime.shape().vocabulary());
    json.writeNumberProperty("prefill_tokens_per_second", plain);
    json.writeNumberProperty("scored_tokens_per_second", scored);
    json.writeNumberProperty("background_tokens_per_second", background);
    json.writeNumberProperty("streams", STREAMS);
    gaps(console, json, "alone", alone);
    beside.forEach(
        (ask, kind) -> gaps(console, json, "beside_" + ask.name().toLowerCase(Locale.ROOT), kind));
    json.writeEndObject();
    console.endJson(json);
  }

  private double rate(Map<Ask, Kind> kinds, Ask ask) {
    return Objects.requireNonNull(kinds.get(ask), "every kind is measured").tokensPerSecond(length);
  }

  private void gaps(Console console, JsonGenerator json, String name, Kind kind) {
    double rate = kind.tokensPerSecond(length);
    console.note(
        String.format(
            "%d streams %-22s gap p50 %.2f ms, p99 %.2f ms, most %.2f ms; prompts %.1f tokens/s",
            STREAMS,
            name.replace('_', ' '),
            kind.gaps.millis(0.5),
            kind.gaps.millis(0.99),
            kind.gaps.millis(1),
            rate));
    json.writeObjectPropertyStart(name);
    json.writeNumberProperty("gap_p50_ms", kind.gaps.millis(0.5));
    json.writeNumberProperty("gap_p99_ms", kind.gaps.millis(0.99));
    json.writeNumberProperty("gap_most_ms", kind.gaps.millis(1));
    json.writeNumberProperty("prompt_tokens_per_second", rate);
    json.writeEndObject();
  }
}
