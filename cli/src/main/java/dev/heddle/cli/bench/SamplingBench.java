package dev.heddle.cli.bench;

import dev.heddle.cli.Console;
import dev.heddle.model.WeightSource;
import dev.heddle.ops.Precision;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeStats;
import dev.heddle.sample.SamplingParams;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import tools.jackson.core.JsonGenerator;

/**
 * What drawing tokens takes of a step: answers of several ways to draw, in turns, a batch of them
 * at a time, through the whole engine.
 */
final class SamplingBench {
  private static final int BATCH = 16;
  private static final int PROMPT = 8;
  private static final int TOKENS = 48;
  private static final int ROUNDS = 5; // the first warms up

  /** How tokens are drawn. */
  private enum Way {
    GREEDY(0, 0, 1, -1),
    TEMPERATURE(1, 0, 1, -1),
    TOP_P(1, 0, 0.95f, -1),
    TOP_K_AND_P(1, 50, 0.95f, -1),
    GREEDY_WITH_LOGPROBS(0, 0, 1, 5),
    TOP_P_WITH_LOGPROBS(1, 0, 0.95f, 5);

    final float temperature;
    final int topK;
    final float topP;
    final int logprobs;

    Way(float temperature, int topK, float topP, int logprobs) {
      this.temperature = temperature;
      this.topK = topK;
      this.topP = topP;
      this.logprobs = logprobs;
    }

    SamplingParams params() {
      return new SamplingParams(temperature, topK, topP, 0, 1, 0, 0, Map.of(), 7);
    }

    String words() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Steps of one way. */
  private static final class Steps {
    long count;
    long nanos;
    long outputNanos;

    void add(RuntimeStats before, RuntimeStats after) {
      count += after.steps() - before.steps();
      nanos += after.stepTimes().sumNanos() - before.stepTimes().sumNanos();
      outputNanos += after.outputNanos() - before.outputNanos();
    }
  }

  private final InferenceRuntime runtime;
  private final Random random = new Random(1);

  private SamplingBench(InferenceRuntime runtime) {
    this.runtime = runtime;
  }

  static void run(
      WeightSource source, Precision precision, String backend, int threads, Console console) {
    try (InferenceRuntime runtime = BenchRuntime.start(source, precision, backend, threads)) {
      SamplingBench bench = new SamplingBench(runtime);
      bench.report(console, bench.measure());
    }
  }

  private Map<Way, Steps> measure() {
    Map<Way, Steps> ways = new EnumMap<>(Way.class);
    for (int round = 0; round < ROUNDS; round++) {
      for (Way way : Way.values()) {
        RuntimeStats before = runtime.stats();
        answer(way);
        if (round > 0) {
          ways.computeIfAbsent(way, absent -> new Steps()).add(before, runtime.stats());
        }
      }
    }
    return ways;
  }

  /** A batch of answers, to its end. */
  private void answer(Way way) {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      int[] prompt = random.ints(PROMPT, 0, runtime.shape().vocabulary()).toArray();
      requests.add(
          new GenerationRequest(
              way + " " + i,
              "answers",
              null,
              prompt,
              TOKENS,
              1,
              true,
              way.logprobs,
              -1,
              way.params()));
    }
    Answers.all(runtime, requests);
  }

  private void report(Console console, Map<Way, Steps> ways) {
    console.note(
        String.format(
            "%d sequences, vocabulary %d, %s backend",
            BATCH, runtime.shape().vocabulary(), runtime.backend()));
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeStringProperty("backend", runtime.backend());
    json.writeNumberProperty("sequences", BATCH);
    json.writeNumberProperty("vocabulary", runtime.shape().vocabulary());
    ways.forEach((way, steps) -> {
      double step = steps.nanos / 1e6 / steps.count;
      double output = steps.outputNanos / 1e6 / steps.count;
      console.note(
          String.format(
              "%-22s step %.3f ms, of these %.3f ms for its tokens: %.2f %%",
              way.words().replace('_', ' '), step, output, 100 * output / step));
      json.writeObjectPropertyStart(way.words());
      json.writeNumberProperty("step_ms", step);
      json.writeNumberProperty("output_ms", output);
      json.writeEndObject();
    });
    json.writeEndObject();
    console.endJson(json);
  }
}
