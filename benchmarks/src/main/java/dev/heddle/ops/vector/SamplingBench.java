package dev.heddle.ops.vector;

import dev.heddle.ops.RowReader;
import dev.heddle.ops.Tensor;
import dev.heddle.sample.Sampler;
import dev.heddle.sample.SamplingParams;
import dev.heddle.sample.SamplingState;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Drawing a token from each of 16 rows of 102,400 logits, on the team's threads as in a step. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SamplingBench implements RowReader {
  private static final int ROWS = 16;

  /** How tokens are drawn. */
  public enum Way {
    GREEDY(0, 0, 1),
    TEMPERATURE(1, 0, 1),
    TOP_P(1, 0, 0.95f),
    TOP_K_AND_P(1, 50, 0.95f);

    final float temperature;
    final int topK;
    final float topP;

    Way(float temperature, int topK, float topP) {
      this.temperature = temperature;
      this.topK = topK;
      this.topP = topP;
    }

    SamplingParams params() {
      return new SamplingParams(temperature, topK, topP, 0, 1, 0, 0, Map.of(), 7);
    }
  }

  @Param public Way way = Way.GREEDY;

  private final int[] tokens = new int[ROWS];
  private VectorOps ops;
  private Tensor logits;
  private Sampler[] samplers;
  private SamplingState state;

  @Setup(Level.Trial)
  public void setUp() {
    ops = new VectorOps(Made.threads());
    logits = new Made(ops).floats("logits", ROWS, Made.VOCABULARY);
    samplers = new Sampler[ops.lanes()];
    for (int lane = 0; lane < samplers.length; lane++) {
      samplers[lane] = new Sampler(Made.VOCABULARY, ops.rowMath());
    }
    state = SamplingState.of(way.params(), new int[0], List.of());
  }

  @Override
  public int count() {
    return ROWS;
  }

  @Override
  public int row(int i) {
    return i;
  }

  @Override
  public void look(int lane, int i, float[] row) {
    tokens[i] = samplers[lane].sample(row, state, i);
  }

  @Benchmark
  public int[] draw() {
    ops.show(logits, this);
    return tokens;
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    ops.close();
  }
}
