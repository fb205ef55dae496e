package dev.heddle.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.heddle.ops.Logprobs;
import dev.heddle.ops.RowMath;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SamplerPropertyTest {
  private static final int ROUNDS = 4_000;

  @Test
  void draws_are_those_of_the_definition() {
    for (long seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      float[] row = row(random);
      SamplingParams params = params(random, row.length);
      List<Integer> prompt = tokens(random, row.length);
      List<Integer> output = tokens(random, row.length);
      SamplingState state =
          SamplingState.of(params, prompt.stream().mapToInt(t -> t).toArray(), List.of());
      output.forEach(state::accept);
      int position = random.nextInt(1000);
      int token = new Sampler(row.length, RowMath.SCALAR).sample(row, state, position);

      float[] adjusted = NaiveSampler.adjusted(row, params, prompt, output);
      Map<Integer, Double> distribution = NaiveSampler.distribution(adjusted, params);
      double uniform = Philox.uniform(params.seed(), 0, position);
      assertThat(token).as("seed %d", seed).isEqualTo(NaiveSampler.draw(distribution, uniform));
    }
  }

  @Test
  void logprobs_are_those_of_the_definition() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      float[] row = row(random);
      int token = random.nextInt(row.length);
      Logprobs out = new Logprobs(20);
      out.score(row, token, 20);
      double logprob = NaiveSampler.logprob(row, token);
      assertThat((double) out.logprob()).as("seed %d", seed).isCloseTo(logprob, rounding(logprob));
      Map<Integer, Double> best =
          NaiveSampler.distribution(row, new SamplingParams(1, 20, 1, 0, 1, 0, 0, Map.of(), 0));
      assertThat(out.alternatives()).isGreaterThanOrEqualTo(best.size());
      int possible = Math.min(best.size(), out.alternatives());
      for (int i = 0; i < possible; i++) {
        int alternative = out.alternativeTokens()[i];
        assertThat(best).as("seed %d", seed).containsKey(alternative);
        double expected = NaiveSampler.logprob(row, alternative);
        assertThat((double) out.alternativeLogprobs()[i]).isCloseTo(expected, rounding(expected));
      }
    }
  }

  /** Of a float, and of exponentials within 2 ulp. */
  private static Offset<Double> rounding(double logprob) {
    return Offset.offset(1e-6 + 1e-7 * Math.abs(logprob));
  }

  @Test
  void a_draw_does_not_depend_on_what_was_drawn_before() {
    Random random = new Random(9);
    Sampler shared = new Sampler(300, RowMath.SCALAR);
    for (int i = 0; i < 300; i++) {
      float[] row = new float[300];
      for (int j = 0; j < row.length; j++) {
        row[j] = (float) random.nextGaussian();
      }
      SamplingParams params = params(random, row.length);
      SamplingState state = SamplingState.of(params, new int[] {1, 2}, List.of());
      assertThat(shared.sample(row, state, i))
          .isEqualTo(new Sampler(300, RowMath.SCALAR).sample(row, state, i));
    }
  }

  @Test
  void frequencies_fit_the_distribution() {
    float[] row = {0.1f, 2, -1, 1.5f, 0.5f, -3, 1, 0};
    SamplingParams params = new SamplingParams(0.8f, 6, 0.98f, 0.02f, 1, 0, 0, Map.of(), 77);
    Map<Integer, Double> expected = NaiveSampler.distribution(row, params);
    SamplingState state = SamplingState.of(params, new int[] {0}, List.of());
    Sampler sampler = new Sampler(row.length, RowMath.SCALAR);
    int draws = 50_000;
    Map<Integer, Integer> seen = new HashMap<>();
    for (int position = 0; position < draws; position++) {
      seen.merge(sampler.sample(row, state, position), 1, Integer::sum);
    }
    assertThat(seen.keySet()).isEqualTo(expected.keySet());
    double chiSquare = 0;
    for (Map.Entry<Integer, Double> entry : expected.entrySet()) {
      double mean = entry.getValue() * draws;
      chiSquare += Math.pow(seen.get(entry.getKey()) - mean, 2) / mean;
    }
    assertThat(expected).hasSize(6);
    assertThat(chiSquare).as("0.999 quantile with 5 degrees of freedom").isLessThan(20.5);
  }

  @Test
  void nothing_is_allocated() {
    int vocabulary = 5_000;
    Random random = new Random(3);
    float[] row = new float[vocabulary];
    for (int i = 0; i < vocabulary; i++) {
      row[i] = (float) random.nextGaussian() * 3;
    }
    SamplingParams params =
        new SamplingParams(0.9f, 50, 0.9f, 0.01f, 1.1f, 0.5f, 0.5f, Map.of(3, 1f, 9, -1f), 4);
    SamplingState state = SamplingState.of(params, new int[] {1, 2, 3}, List.of());
    for (int token = 0; token < vocabulary; token++) {
      state.accept(token); // so that what counts tokens grows no more
    }
    Sampler sampler = new Sampler(vocabulary, RowMath.SCALAR);
    Logprobs out = new Logprobs(20);
    work(sampler, row, state, out);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    work(sampler, row, state, out);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before)
        .as("bytes in 1000 tokens")
        .isLessThan(1000);
  }

  private static void work(Sampler sampler, float[] row, SamplingState state, Logprobs out) {
    for (int i = 0; i < 1000; i++) {
      int token = sampler.sample(row, state, i);
      out.score(row, token, 20);
      state.accept(token);
    }
  }

  /** Rows with ties, excluded tokens and all kinds of spread. */
  private static float[] row(Random random) {
    float[] row = new float[1 + random.nextInt(random.nextBoolean() ? 8 : 400)];
    double spread = Math.pow(10, random.nextInt(4) - 1);
    boolean coarse = random.nextInt(3) == 0;
    for (int i = 0; i < row.length; i++) {
      double logit = random.nextGaussian() * spread;
      row[i] = (float) (coarse ? Math.rint(logit) : logit);
      if (i > 0 && random.nextInt(20) == 0) {
        row[i] = Float.NEGATIVE_INFINITY;
      }
    }
    return row;
  }

  private static SamplingParams params(Random random, int vocabulary) {
    Map<Integer, Float> bias = new HashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      bias.put(random.nextInt(vocabulary), (float) random.nextGaussian() * 5);
    }
    boolean penalised = random.nextBoolean();
    return new SamplingParams(
        random.nextInt(8) == 0 ? 0 : 0.1f + 2 * random.nextFloat(),
        random.nextBoolean() ? 0 : 1 + random.nextInt(vocabulary + 3),
        random.nextBoolean() ? 1 : 1 - random.nextFloat() * 0.99f,
        random.nextBoolean() ? 0 : random.nextFloat(),
        penalised ? 0.5f + random.nextFloat() : 1,
        penalised ? random.nextFloat() * 4 - 2 : 0,
        penalised ? random.nextFloat() * 4 - 2 : 0,
        bias,
        random.nextLong());
  }

  private static List<Integer> tokens(Random random, int vocabulary) {
    List<Integer> tokens = new ArrayList<>();
    for (int i = random.nextInt(12); i > 0; i--) {
      tokens.add(random.nextInt(vocabulary));
    }
    return tokens;
  }
}
