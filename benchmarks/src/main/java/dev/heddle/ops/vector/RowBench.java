package dev.heddle.ops.vector;

import dev.heddle.ops.Numerics;
import dev.heddle.ops.RopeTable;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import java.util.Arrays;
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

/** Operations on each row by itself: the norm, the rotation of queries, the gate of an expert. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RowBench {
  private static final int CONTEXT = 4096;

  @Param({"1", "16", "512"})
  public int tokens;

  private VectorOps ops;
  private Tensor x;
  private Tensor normed;
  private Tensor norm;
  private Tensor query;
  private Tensor positions;
  private Tensor gate;
  private Tensor up;
  private RopeTable table;
  private Rows rows;

  @Setup(Level.Trial)
  public void setUp() {
    ops = new VectorOps(Made.threads());
    Made made = new Made(ops);
    x = made.floats("x", tokens, Made.HIDDEN);
    normed = ops.floats("normed", tokens, Made.HIDDEN);
    norm = made.floats("norm", 1, Made.HIDDEN);
    query = made.floats("query", tokens, Made.HEADS * Made.QUERY);
    int[] at = new int[tokens];
    for (int t = 0; t < tokens; t++) {
      at[t] = t * 7 % CONTEXT;
    }
    positions = made.ints("positions", tokens, 1, at);
    gate = filled("gate", -0.5f);
    up = filled("up", 1 / Numerics.sigmoid(-0.5f)); // so that the gate stays what it is
    table = angles();
    rows = made.rows(tokens);
  }

  private Tensor filled(String name, float value) {
    Tensor tensor = ops.floats(name, tokens, Made.INTERMEDIATE);
    float[] values = new float[tokens * Made.INTERMEDIATE];
    Arrays.fill(values, value);
    ops.write(tensor, values, values.length);
    return tensor;
  }

  private RopeTable angles() {
    int pairs = Made.ROPE / 2;
    float[] cos = new float[CONTEXT * pairs];
    float[] sin = new float[CONTEXT * pairs];
    for (int i = 0; i < cos.length; i++) {
      int position = i / pairs;
      double angle = position * Math.pow(10_000, -(i % pairs) / (double) pairs);
      cos[i] = (float) Math.cos(angle);
      sin[i] = (float) Math.sin(angle);
    }
    Tensor cosines = ops.floats("cos", CONTEXT, pairs);
    Tensor sines = ops.floats("sin", CONTEXT, pairs);
    ops.write(cosines, cos, cos.length);
    ops.write(sines, sin, sin.length);
    return new RopeTable(cosines, sines, false);
  }

  @Benchmark
  public void rmsNorm() {
    ops.rmsNorm(normed, x, norm, 1e-6f, rows);
  }

  @Benchmark
  public void rope() {
    ops.rope(query, Made.HEADS, Made.QUERY, Made.QUERY - Made.ROPE, table, positions, rows);
  }

  @Benchmark
  public void siluMul() {
    ops.siluMul(gate, up, rows);
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    ops.close();
  }
}
