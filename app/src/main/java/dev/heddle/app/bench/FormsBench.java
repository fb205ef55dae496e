package dev.heddle.app.bench;

import dev.heddle.app.serving.Structures;
import dev.heddle.cli.Console;
import dev.heddle.cli.bench.Answers;
import dev.heddle.cli.bench.BenchRuntime;
import dev.heddle.format.Json;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.model.WeightSource;
import dev.heddle.ops.Precision;
import dev.heddle.ops.RowMath;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeStats;
import dev.heddle.sample.Sampler;
import dev.heddle.sample.SamplingParams;
import dev.heddle.sample.SamplingState;
import dev.heddle.sample.TokenMask;
import dev.heddle.structured.Constraint;
import dev.heddle.structured.Structure;
import dev.heddle.structured.StructureLimits;
import dev.heddle.structured.TokenVocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/**
 * What it costs that answers have a form. Answers with one and without take turns through the whole
 * engine. The difference of whole steps is lost in their noise; so what a form adds is timed by
 * itself: the time in masks, and what a mask adds to drawing a token.
 */
final class FormsBench {
  private static final int ROUNDS = 9;
  private static final int TOKENS = 192;
  private static final int PROMPT = 16;
  private static final int PROPERTIES = 100;
  private static final int COMPILATIONS = 60;
  private static final int DRAWS = 2_000;

  private final InferenceRuntime runtime;
  private final Structures structures;
  private final TokenVocabulary vocabulary;
  private final int sequences;
  private final LongAdder maskNanos = new LongAdder();
  private int asked;

  private FormsBench(InferenceRuntime runtime, Tokenizer tokenizer, int sequences) {
    this.runtime = runtime;
    List<Integer> ends = runtime.shape().eosTokens();
    this.structures = new Structures(tokenizer, ends);
    this.vocabulary = Structures.vocabulary(tokenizer, ends);
    this.sequences = sequences;
  }

  static void run(ModelFolder folder, String backend, int threads, int sequences, Console console) {
    try (InferenceRuntime runtime =
        BenchRuntime.start(WeightSource.of(folder), Precision.STORED, backend, threads)) {
      FormsBench bench = new FormsBench(runtime, Tokenizer.open(folder.path()), sequences);
      try {
        bench.run(console);
      } finally {
        bench.structures.close();
      }
    }
  }

  private void run(Console console) {
    double compile = compileMillis();
    Constraint form = structures.compile(new Structure.JsonSchema(list()));
    double[] free = new double[ROUNDS];
    double[] formed = new double[ROUNDS];
    double[] masks = new double[ROUNDS];
    double[] steps = new double[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) { // the first one warms up
      Round without = answers(null);
      maskNanos.reset();
      Round with = answers(structures.mask(form));
      if (round >= 0) {
        free[round] = without.micros() / without.steps();
        formed[round] = with.micros() / with.steps();
        masks[round] = maskNanos.sum() / 1e3 / TOKENS;
        steps[round] = with.steps();
      }
    }
    double drawing = sequences * Math.max(0, drawMicros(form) - drawMicros(null));
    report(
        console,
        new Cost(compile, median(free), median(formed), median(steps), median(masks), drawing));
  }

  /**
   * What was measured.
   *
   * @param compile milliseconds for the schema
   * @param free microseconds of a step without forms
   * @param formed of one with, which has some more tokens: those that were dictated
   * @param steps that answers with a form took
   * @param masks microseconds in masks for a token of every sequence
   * @param drawing microseconds that drawing such tokens takes more
   */
  private record Cost(
      double compile, double free, double formed, double steps, double masks, double drawing) {
    /** Of a step without forms, which makes as many tokens. */
    double share() {
      return (masks + drawing) / free;
    }
  }

  /** Answers of all sequences: their steps, and the time in these. */
  private record Round(long steps, double micros) {}

  // ---- the schema

  private static JsonNode schema() {
    String[] kinds = {"string", "integer", "boolean", "number"};
    StringBuilder properties = new StringBuilder();
    StringBuilder required = new StringBuilder();
    for (int i = 0; i < PROPERTIES; i++) {
      String comma = i == 0 ? "" : ",";
      properties.append("%s\"property_%d\":{\"type\":\"%s\"}".formatted(comma, i, kinds[i % 4]));
      required.append("%s\"property_%d\"".formatted(comma, i));
    }
    return Json.parse(
        "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{%s},\"required\":[%s]}"
            .formatted(properties, required),
        "schema");
  }

  /** Such objects without an end, so that no answer is whole before its last token. */
  private static JsonNode list() {
    return Json.parse(
        "{\"type\":\"array\",\"minItems\":1000,\"items\":" + schema() + "}", "schema");
  }

  /** Median of compiling the schema, its first mask included. */
  private double compileMillis() {
    Structure schema = new Structure.JsonSchema(schema());
    double[] millis = new double[COMPILATIONS];
    for (int i = -COMPILATIONS; i < COMPILATIONS; i++) { // the first half warms up
      long start = System.nanoTime();
      Constraint.compile(schema, vocabulary, StructureLimits.DEFAULT).start().allowed();
      millis[Math.max(0, i)] = (System.nanoTime() - start) / 1e6;
    }
    return median(millis);
  }

  // ---- steps

  private Round answers(@Nullable TokenMask mask) {
    RuntimeStats before = runtime.stats();
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < sequences; i++) {
      GenerationRequest request = request(i);
      requests.add(
          mask == null ? request : request.withGrammar(new TimedMask(mask.copy(), maskNanos)));
    }
    Answers.all(runtime, requests);
    RuntimeStats after = runtime.stats();
    long nanos = after.stepTimes().sumNanos() - before.stepTimes().sumNanos();
    return new Round(after.steps() - before.steps(), nanos / 1e3);
  }

  private GenerationRequest request(int sequence) {
    int[] prompt = new Random(sequence).ints(PROMPT, 0, runtime.shape().vocabulary()).toArray();
    String name = "form " + asked++;
    return new GenerationRequest(
        name, name, null, prompt, TOKENS, 1, true, -1, -1, SamplingParams.GREEDY);
  }

  /** Median time to draw a token from a row of logits. */
  private double drawMicros(@Nullable Constraint form) {
    int size = runtime.shape().vocabulary();
    float[] logits = new float[size];
    Random random = new Random(1);
    for (int i = 0; i < size; i++) {
      logits[i] = (float) random.nextGaussian();
    }
    SamplingState plain = SamplingState.of(SamplingParams.GREEDY, new int[] {0}, List.of());
    SamplingState state = form == null ? plain : plain.with(structures.mask(form));
    Sampler sampler = new Sampler(size, RowMath.SCALAR);
    double[] micros = new double[DRAWS];
    for (int i = -DRAWS; i < DRAWS; i++) { // the first half warms up
      long start = System.nanoTime();
      sampler.sample(logits, state, i + DRAWS);
      micros[Math.max(0, i)] = (System.nanoTime() - start) / 1e3;
    }
    return median(micros);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private void report(Console console, Cost cost) {
    console.note(
        String.format(
            "%d sequences, vocabulary %d, %s backend",
            sequences, runtime.shape().vocabulary(), runtime.backend()));
    console.note(
        String.format(
            "a step: %.1f us; a form adds %.1f us in masks and %.1f us of drawing: %.2f %%",
            cost.free, cost.masks, cost.drawing, 100 * cost.share()));
    console.note(
        String.format(
            "%d tokens of each took %.0f steps of %.1f us with the form",
            TOKENS, cost.steps, cost.formed));
    console.note(
        String.format("a schema of %d properties compiles in %.2f ms", PROPERTIES, cost.compile));
    JsonGenerator json = console.json();
    json.writeStartObject();
    json.writeStringProperty("backend", runtime.backend());
    json.writeNumberProperty("sequences", sequences);
    json.writeNumberProperty("vocabulary", runtime.shape().vocabulary());
    json.writeNumberProperty("step_us", cost.free);
    json.writeNumberProperty("masks_us", cost.masks);
    json.writeNumberProperty("drawing_us", cost.drawing);
    json.writeNumberProperty("share", cost.share());
    json.writeNumberProperty("tokens", TOKENS);
    json.writeNumberProperty("steps_with_form", cost.steps);
    json.writeNumberProperty("step_with_form_us", cost.formed);
    json.writeNumberProperty("compile_ms", cost.compile);
    json.writeEndObject();
    console.endJson(json);
  }
}
