package dev.heddle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.Shapes;
import dev.heddle.model.Backends;
import dev.heddle.model.ModelLimits;
import dev.heddle.ops.Precision;
import dev.heddle.runtime.LoopHarness.Sizes;
import dev.heddle.runtime.StepMetrics.Metric;
import dev.heddle.schedule.SequenceGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request's logits are bit for bit those of the same request alone on a checkpoint with its
 * adapter merged in, whatever else is in the batch, however its prompt is cut, whichever slots its
 * experts sit in, found in the prefix cache or not, pre-empted or not.
 */
class MergedCheckpointTest {
  private static final Logger log = LoggerFactory.getLogger(MergedCheckpointTest.class);
  private static final int ROUNDS = 12;
  private static final int EVENTS = 120;

  /** A row of logits that the step loop used. */
  private record Row(String request, int choice, int position) {}

  @TempDir Path folder;

  static Stream<Arguments> backends() {
    return Backends.NAMES.stream()
        .flatMap(name -> Arrays.stream(Precision.values()).map(p -> Arguments.of(name, p)));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void logits_are_those_of_the_request_alone_on_the_merged_checkpoint(
      String backend, Precision precision) {
    long[] seen = new long[4];
    for (int round = 0; round < ROUNDS; round++) {
      long seed = 7_700L + round;
      try {
        run(backend, precision, seed, seen);
      } catch (Throwable e) {
        throw new AssertionError("backend " + backend + ", " + precision + ", seed " + seed, e);
      }
    }
    log.info(
        "{}, {}: {} rows compared, {} pre-emptions, {} prefix tokens, {} loads",
        backend,
        precision,
        seen[0],
        seen[1],
        seen[2],
        seen[3]);
    assertThat(seen).as("rows, pre-emptions, prefix hits, loads").doesNotContain(0);
  }

  private static ModelShape shape(Random random, Precision precision) {
    ModelShape shape = random.nextInt(3) == 0 ? Shapes.tiny() : Shapes.random(random);
    return precision.obstacles(shape).isEmpty() ? shape : shape(random, precision);
  }

  private void run(String backend, Precision precision, long seed, long[] seen) {
    Random random = new Random(seed);
    ModelShape shape = shape(random, precision);
    Sizes sizes = sizes(random, shape);
    Path root = folder.resolve(backend + precision + seed);
    Map<Row, float[]> rows = new HashMap<>();
    List<SimulatedClient> clients = new ArrayList<>();
    try (TinyModels models =
        new TinyModels(root, backend, precision, shape, sizes.blockTokens(), 3, seed)) {
      LoopHarness harness =
          new LoopHarness(
              random,
              sizes,
              models.base.shape(),
              models.load(limits(sizes, shape, precision)),
              models,
              models.base::digest,
              tenant -> 1,
              (sequence, position, logits) ->
                  rows.put(
                      new Row(id(sequence.group()), sequence.choice(), position), logits.clone()));
      RandomRequests requests =
          new RandomRequests(
              random,
              shape.vocabulary(),
              harness.check.maxContext(),
              sizes.sequences(),
              models.digests());
      play(harness, requests, clients);
      seen[1] += harness.metrics.get(Metric.PREEMPTIONS);
      seen[2] += harness.metrics.get(Metric.PREFIX_HIT_TOKENS);
      seen[3] += harness.experts.stats().loads();
      harness.experts.close();
      for (SimulatedClient client : clients) {
        seen[0] += compare(client.generation, rows, models);
      }
    }
    assertThat(rows).as("rows that belong to no request").isEmpty();
  }

  private static void play(
      LoopHarness harness, RandomRequests requests, List<SimulatedClient> clients) {
    for (int i = 0; i < EVENTS; i++) {
      switch (harness.random.nextInt(8)) {
        case 0, 1 -> submit(harness, requests, clients);
        case 2 -> harness.load();
        case 3 -> {
          if (!clients.isEmpty() && harness.random.nextInt(6) == 0) {
            clients.getLast().generation.cancel();
          }
        }
        default -> harness.step();
      }
    }
    harness.settle();
    assertThat(harness.leftovers()).isEmpty();
  }

  private static void submit(
      LoopHarness harness, RandomRequests requests, List<SimulatedClient> clients) {
    try {
      clients.add(harness.submit(requests.next()));
    } catch (GenerationException e) {
      assertThat(e.kind())
          .isIn(
              GenerationException.Kind.QUEUE_FULL,
              GenerationException.Kind.CONTEXT_LENGTH,
              GenerationException.Kind.INVALID);
    }
  }

  /** Takes a request's rows out, comparing them; says how many. */
  private static int compare(Generation generation, Map<Row, float[]> rows, TinyModels models) {
    GenerationRequest request = generation.request();
    int compared = 0;
    for (int choice = 0; choice < generation.choices(); choice++) {
      int[] tokens = tokens(request.prompt(), generation.choice(choice));
      float[][] expected = models.alone(request.adapter(), tokens);
      for (int position = 0; position < tokens.length; position++) {
        float[] row = rows.remove(new Row(request.id(), choice, position));
        if (row != null) {
          assertThat(bits(row))
              .as("%s, choice %d, position %d", request.id(), choice, position)
              .isEqualTo(bits(expected[position]));
          compared++;
        }
      }
    }
    return compared;
  }

  private static int[] bits(float[] row) {
    int[] bits = new int[row.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(row[i]));
    return bits;
  }

  private static int[] tokens(int[] prompt, ChoiceOutput output) {
    int[] tokens = Arrays.copyOf(prompt, prompt.length + output.count());
    for (int i = 0; i < output.count(); i++) {
      tokens[prompt.length + i] = output.token(i);
    }
    return tokens;
  }

  private static String id(SequenceGroup group) {
    return ((ActiveRequest) group).request().id();
  }

  private static Sizes sizes(Random random, ModelShape shape) {
    int sequences = 2 + random.nextInt(7);
    int columns = shape.experts().columns() * shape.moeLayers();
    return new Sizes(
        12 + random.nextInt(30),
        1 << (1 + random.nextInt(4)),
        sequences + random.nextInt(30),
        sequences,
        sequences + random.nextInt(6),
        50,
        1 + random.nextInt(3),
        columns + random.nextInt(2 * columns));
  }

  private static ModelLimits limits(Sizes sizes, ModelShape shape, Precision precision) {
    return new ModelLimits(
        sizes.batchTokens(),
        sizes.sequences(),
        sizes.logitRows(),
        sizes.blocks(),
        sizes.blockTokens(),
        shape.maxContext(),
        sizes.slots(shape),
        sizes.adapterRows() + 1,
        precision);
  }
}
