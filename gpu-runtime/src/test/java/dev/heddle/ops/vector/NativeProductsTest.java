package dev.heddle.ops.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.HotCalls;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import dev.heddle.ops.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The backend {@code onednn} beside {@code vector}: as near as rounding of inputs to BF16 allows
 * where oneDNN multiplies, and equal to the bit elsewhere. Needs oneDNN ({@code tools/onednn}).
 */
class NativeProductsTest {
  /** Squared error over squared result, where inputs are rounded. */
  private static final double ROUNDED = 1e-5;

  /** The same, where only the order of sums differs. */
  private static final double REORDERED = 1e-12;

  private final Random random = new Random(7);
  private Ops exact;
  private Ops rounding;

  @BeforeEach
  void open() {
    OneDnnFactory factory = new OneDnnFactory();
    assumeThat(factory.obstacle()).as("backend onednn").isNull();
    exact = new VectorOps(2);
    rounding = factory.create(2);
  }

  @AfterEach
  void close() {
    if (exact != null) {
      exact.close();
      rounding.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"257, 32", "300, 96", "512, 2048", "1408, 64"})
  void products_of_many_rows_differ_by_rounding_alone(int n, int k) {
    MatrixData w = weights(n, k);
    for (int rows : new int[] {8, 9, 15, 64, 65, 150}) {
      float[] x = values(rows * k);
      double error = error(multiply(rounding, w, x, rows), multiply(exact, w, x, rows));
      assertThat(error).as("%dx%d, %d rows", n, k, rows).isBetween(1e-9, ROUNDED);
      float[] halves = rounded(x);
      error = error(multiply(rounding, w, halves, rows), multiply(exact, w, halves, rows));
      assertThat(error).as("%dx%d, %d rows of BF16", n, k, rows).isLessThan(REORDERED);
    }
  }

  @ParameterizedTest
  @CsvSource({"512, 64, 7", "256, 64, 64", "512, 80, 64"})
  void few_rows_and_small_and_odd_matrices_stay_exact(int n, int k, int rows) {
    MatrixData w = weights(n, k);
    float[] x = values(rows * k);
    assertThat(multiply(rounding, w, x, rows)).isEqualTo(multiply(exact, w, x, rows));
  }

  @Test
  void a_row_that_is_not_a_number_stays_so_and_harms_no_other() {
    float[] x = values(16 * 64);
    x[3 * 64 + 5] = Float.intBitsToFloat(0x7FFFFFFF);
    float[] out = multiply(rounding, weights(288, 64), x, 16);
    for (int i = 0; i < out.length; i++) {
      assertThat(Float.isNaN(out[i])).as("result %d", i).isEqualTo(i / 288 == 3);
    }
  }

  @Test
  void experts_differ_by_rounding_alone() {
    ExpertWeights[] experts = new ExpertWeights[6];
    Arrays.setAll(
        experts, i -> new ExpertWeights(weights(96, 64), weights(96, 64), weights(64, 96)));
    float[] x = values(200 * 64);
    float[] logits = values(200 * 5);
    for (int tokens : new int[] {1, 20, 33, 200}) {
      float[] expected = new Layer(exact, experts, x, logits).run(tokens);
      float[] actual = new Layer(rounding, experts, x, logits).run(tokens);
      assertThat(error(actual, expected)).as("%d tokens", tokens).isLessThan(3 * ROUNDED);
    }
  }

  @Test
  void hot_products_allocate_nothing() {
    Matrix w = rounding.matrix("w", List.of(weights(512, 64)), WeightFormat.BF16);
    Tensor in = rounding.floats("x", 40, 64);
    Tensor out = rounding.floats("out", 40, 512);
    Rows rows = rows(rounding, 40);
    HotCalls.assertAllocateNothing(call -> rounding.matmul(out, in, w, null, rows));
  }

  /** Experts 0 to 4 routed, two a token, and 5 shared. */
  private static final class Layer {
    private static final RouteRule RULE = new RouteRule(5, 1, 2, 1, 1, false, true, 1f);
    private final Ops ops;
    private final ExpertPool pool;
    private final Routing routing;
    private final Tensor x;
    private final Tensor logits;
    private final Tensor map;
    private final Tensor adapters;

    Layer(Ops ops, ExpertWeights[] experts, float[] x, float[] logits) {
      this.ops = ops;
      int tokens = x.length / 64;
      pool = ops.expertPool(6, 64, 96, WeightFormat.BF16);
      for (int slot = 0; slot < experts.length; slot++) {
        ops.fillSlot(pool, slot, experts[slot]);
      }
      routing = ops.routing(tokens, RULE, pool);
      this.x = ops.floats("x", tokens, 64);
      ops.write(this.x, x, x.length);
      this.logits = ops.floats("logits", tokens, 5);
      ops.write(this.logits, logits, logits.length);
      map = ops.ints("map", 1, 6);
      ops.write(map, IntStream.range(0, 6).toArray(), 6);
      adapters = ops.ints("adapters", tokens, 1);
    }

    float[] run(int tokens) {
      Tensor out = ops.floats("out", tokens, 64);
      Rows rows = rows(ops, tokens);
      ops.route(routing, logits, null, null, RULE, map, 0, adapters, null, rows);
      ops.experts(out, x, pool, routing, rows);
      return read(ops, out, tokens);
    }
  }

  private static float[] multiply(Ops ops, MatrixData data, float[] x, int rows) {
    Matrix w = ops.matrix("w", List.of(data), WeightFormat.BF16);
    Tensor in = ops.floats("x", rows, data.cols());
    ops.write(in, x, x.length);
    Tensor out = ops.floats("out", rows, data.rows());
    ops.matmul(out, in, w, null, rows(ops, rows));
    return read(ops, out, rows);
  }

  private static Rows rows(Ops ops, int count) {
    Tensor counts = ops.ints("rows", 1, 1);
    ops.write(counts, new int[] {count}, 1);
    return new Rows(counts, 0);
  }

  private static float[] read(Ops ops, Tensor tensor, int rows) {
    float[] all = new float[rows * tensor.cols()];
    float[] row = new float[tensor.cols()];
    for (int i = 0; i < rows; i++) {
      ops.read(tensor, i, row);
      System.arraycopy(row, 0, all, i * row.length, row.length);
    }
    return all;
  }

  private float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private MatrixData weights(int rows, int cols) {
    MemorySegment data = Arena.ofAuto().allocate(2L * rows * cols);
    float[] values = values(rows * cols);
    for (int i = 0; i < values.length; i++) {
      short half = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
      data.setAtIndex(ValueLayout.JAVA_SHORT, i, half);
    }
    return MatrixData.dense(DType.BF16, rows, cols, data);
  }

  private static float[] rounded(float[] values) {
    float[] halves = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      halves[i] = Float.intBitsToFloat(Float.floatToRawIntBits(values[i]) & 0xFFFF0000);
    }
    return halves;
  }

  private static double error(float[] actual, float[] expected) {
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = (double) actual[i] - expected[i];
      error += difference * difference;
      size += (double) expected[i] * expected[i];
    }
    return error / size;
  }
}
