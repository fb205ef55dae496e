package dev.heddle.ops;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A small layer with every operation in it, on random weights. Run by two backends it shows at
 * start that they agree, and leaves the kernels of the tested one compiled.
 */
final class SelfCheck {
  private static final int HIDDEN = 208;
  private static final int HEADS = 3;
  private static final int LATENT = 80;
  private static final int ROPE = 16;
  private static final int INTERMEDIATE = 72;
  static final int TOKENS = 21;
  private static final int BLOCK = 16;
  private static final RouteRule RULE = new RouteRule(8, 1, 2, 1, 1, false, false, 1f);
  private static final int[] BATCHES = {1, 4, TOKENS};
  private static final int WARM_UP_ROUNDS = 60;

  private final Ops ops;
  private final int[] countHolder = new int[1];
  private final Random random = new Random(7);
  private final Tensor counts;
  private final Rows rows;
  private final Tensor tokens;
  private final Tensor positions;
  private final Tensor sequences;
  private final Tensor blockTables;
  private final Tensor map;
  private final Tensor x;
  private final Tensor normed;
  private final Tensor query;
  private final Tensor queryLatent;
  private final Tensor outLatent;
  private final Tensor compressed;
  private final Tensor logits;
  private final Tensor norm;
  private final Tensor latentNorm;
  private final RopeTable rope;
  private final RowTable table;
  private final Matrix queryMatrix;
  private final Matrix wide;
  private final Matrix gate;
  private final HeadMatrix absorb;
  private final KvCache cache;
  private final ExpertPool pool;
  private final Routing routing;
  private final Tensor routed;

  SelfCheck(Ops ops) {
    this.ops = ops;
    counts = ops.ints("counts", 1, 1);
    rows = new Rows(counts, 0);
    tokens = counting("tokens", TOKENS);
    positions = counting("positions", TOKENS);
    sequences = ops.ints("sequences", TOKENS, 1);
    blockTables = counting("block tables", 2);
    map = counting("map", RULE.routed() + RULE.shared());
    x = ops.floats("x", TOKENS, HIDDEN);
    normed = ops.floats("normed", TOKENS, HIDDEN);
    query = ops.floats("query", TOKENS, HEADS * 2 * ROPE);
    queryLatent = ops.floats("query latent", TOKENS, HEADS * LATENT);
    outLatent = ops.floats("attention", TOKENS, HEADS * LATENT);
    compressed = ops.floats("compressed", TOKENS, LATENT + ROPE);
    logits = ops.floats("logits", TOKENS, RULE.routed());
    norm = ops.vector("norm", weights(DType.F32, 1, HIDDEN));
    latentNorm = ops.vector("latent norm", weights(DType.F32, 1, LATENT));
    rope = new RopeTable(angles("cos"), angles("sin"), false);
    table = ops.rowTable("table", weights(DType.BF16, TOKENS, HIDDEN));
    queryMatrix = matrix(DType.BF16, HEADS * 2 * ROPE, HIDDEN);
    wide = matrix(DType.F32, LATENT + ROPE, HIDDEN);
    gate = matrix(DType.BF16, RULE.routed(), HIDDEN);
    List<MatrixData> heads =
        List.of(
            weights(DType.BF16, LATENT, ROPE),
            weights(DType.BF16, LATENT, ROPE),
            weights(DType.BF16, LATENT, ROPE));
    absorb = ops.headMatrix("absorb", heads, false);
    cache = ops.kvCache(new CacheShape(1, 1, LATENT, ROPE), 2, BLOCK);
    int slots = RULE.routed() + RULE.shared();
    pool = ops.expertPool(slots, HIDDEN, INTERMEDIATE, DType.BF16);
    for (int slot = 0; slot < slots; slot++) {
      ops.fillSlot(
          pool,
          slot,
          new ExpertWeights(
              weights(DType.BF16, INTERMEDIATE, HIDDEN),
              weights(DType.BF16, INTERMEDIATE, HIDDEN),
              weights(DType.BF16, HIDDEN, INTERMEDIATE)));
    }
    routing = ops.routing(TOKENS, RULE, pool);
    routed = ops.ints("routed", 1, RULE.routed());
    ops.prepare(this::pass);
  }

  /**
   * Whether a backend's results are those of the other; warms it up.
   *
   * @param tolerance squared error over squared result, 0 for to the bit
   */
  static boolean compare(Ops ops, Ops reference, double tolerance) {
    SelfCheck tested = new SelfCheck(ops);
    SelfCheck expected = new SelfCheck(reference);
    boolean same = true;
    for (int count : BATCHES) {
      same &= close(tested.results(count), expected.results(count), tolerance);
    }
    for (int round = 0; same && round < WARM_UP_ROUNDS; round++) {
      for (int count : BATCHES) {
        tested.forward(count);
      }
    }
    return same;
  }

  private static boolean close(float[] actual, float[] expected, double tolerance) {
    if (tolerance == 0) {
      return Arrays.equals(actual, expected);
    }
    double error = 0;
    double size = 0;
    for (int i = 0; i < expected.length; i++) {
      double difference = (double) actual[i] - expected[i];
      error += difference * difference;
      size += (double) expected[i] * expected[i];
    }
    return error <= tolerance * size; // false for NaN
  }

  /** Runs the layer for tokens 0 to {@code count} - 1 of one sequence. */
  void forward(int count) {
    countHolder[0] = count;
    ops.write(counts, countHolder, 1);
    ops.beginPass();
    pass();
    ops.endPass();
  }

  private void pass() {
    ops.embed(x, table, tokens, rows);
    ops.rmsNorm(normed, x, norm, 1e-6f, rows);
    ops.matmul(query, normed, queryMatrix, null, rows);
    ops.rope(query, HEADS, 2 * ROPE, ROPE, rope, positions, rows);
    ops.matmul(compressed, normed, wide, null, rows);
    ops.storeLatent(cache, 0, compressed, latentNorm, 1e-6f, rope, positions, positions, rows);
    ops.headMatmul(queryLatent, query, 2 * ROPE, absorb, rows);
    ops.attention(
        outLatent,
        queryLatent,
        query,
        HEADS,
        cache,
        0,
        positions,
        sequences,
        blockTables,
        0.1f,
        rows);
    ops.matmul(logits, normed, gate, null, rows);
    ops.route(routing, logits, null, null, RULE, map, 0, sequences, routed, rows);
    ops.experts(normed, x, pool, routing, rows);
    ops.add(x, normed, rows);
    ops.siluMul(normed, x, rows);
  }

  /** As {@link #forward}; returns the layer's output, its attention and what was routed so far. */
  float[] results(int count) {
    forward(count);
    int[] columns = new int[RULE.routed()];
    float[] result = new float[count * (HIDDEN + HEADS * LATENT) + columns.length];
    float[] hidden = new float[HIDDEN];
    float[] attention = new float[HEADS * LATENT];
    for (int t = 0; t < count; t++) {
      ops.read(normed, t, hidden);
      ops.read(outLatent, t, attention);
      int at = t * (HIDDEN + attention.length);
      System.arraycopy(hidden, 0, result, at, HIDDEN);
      System.arraycopy(attention, 0, result, at + HIDDEN, attention.length);
    }
    ops.read(routed, 0, columns);
    for (int column = 0; column < columns.length; column++) {
      result[result.length - columns.length + column] = columns[column];
    }
    return result;
  }

  private Tensor counting(String name, int n) {
    int[] values = new int[n];
    Arrays.setAll(values, i -> i);
    boolean row = name.equals("block tables") || name.equals("map");
    Tensor tensor = row ? ops.ints(name, 1, n) : ops.ints(name, n, 1);
    ops.write(tensor, values, n);
    return tensor;
  }

  private Tensor angles(String name) {
    float[] values = new float[TOKENS * ROPE / 2];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Tensor tensor = ops.floats(name, TOKENS, ROPE / 2);
    ops.write(tensor, values, values.length);
    return tensor;
  }

  private Matrix matrix(DType dtype, int rows, int cols) {
    return ops.matrix("matrix", List.of(weights(dtype, rows, cols)));
  }

  private MatrixData weights(DType dtype, int rows, int cols) {
    MemorySegment data = MemorySegment.ofArray(new byte[rows * cols * dtype.bytes()]);
    for (int i = 0; i < rows * cols; i++) {
      int bits = Float.floatToRawIntBits((float) random.nextGaussian() * 0.2f);
      if (dtype == DType.F32) {
        data.set(little(ValueLayout.JAVA_INT_UNALIGNED), 4L * i, bits);
      } else {
        data.set(
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
            2L * i,
            (short) (bits >>> 16));
      }
    }
    return MatrixData.dense(dtype, rows, cols, data);
  }

  private static ValueLayout.OfInt little(ValueLayout.OfInt layout) {
    return layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }
}
