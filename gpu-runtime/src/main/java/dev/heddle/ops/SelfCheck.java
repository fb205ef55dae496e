package dev.heddle.ops;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.model.ModelShape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A small layer with every operation in it that a model needs, on random weights. Run by two
 * backends it shows at start that they agree, and leaves the kernels of the tested one compiled.
 */
final class SelfCheck {
  static final int HIDDEN = 208;
  static final int TOKENS = CheckTensors.TOKENS;
  private static final int INTERMEDIATE = 72;
  private static final int ROUTED = 8;
  private static final int[] BATCHES = {1, 2, 4, TOKENS};
  private static final int WARM_UP_ROUNDS = 60;

  private final Ops ops;
  private final CheckTensors t;
  private final CheckedAttention attention;
  private final RouteRule rule;
  private final Tensor tokens;
  private final Tensor map;
  private final Tensor x;
  private final Tensor normed;
  private final Tensor logits;
  private final Tensor norm;
  private final RowTable table;
  private final Matrix gate;
  private final @Nullable Tensor correction;
  private final @Nullable Matrix sharedGate;
  private final @Nullable Tensor sharedLogit;
  private final ExpertPool pool;
  private final Routing routing;
  private final Tensor routed;

  /**
   * Declares the layer.
   *
   * @param shape whose attention and router it has, small
   * @param precision what the model's weights are kept as
   */
  SelfCheck(Ops ops, ModelShape shape, Precision precision) {
    this.ops = ops;
    t = new CheckTensors(ops);
    rule = rule(shape.experts());
    tokens = t.column("tokens");
    map = t.row("map", rule.routed() + rule.shared());
    x = t.floats("x", HIDDEN);
    normed = t.floats("normed", HIDDEN);
    logits = t.floats("logits", rule.routed());
    norm = t.vector("norm", HIDDEN);
    table = ops.rowTable("table", t.weights(DType.BF16, TOKENS, HIDDEN));
    gate = t.matrix(DType.BF16, rule.routed(), HIDDEN);
    correction = rule.sigmoid() ? t.vector("correction", rule.routed()) : null;
    boolean gated = shape.experts().sharedGate();
    sharedGate = gated ? t.matrix(DType.BF16, 1, HIDDEN) : null;
    sharedLogit = gated ? t.floats("shared gate", 1) : null;
    attention = CheckedAttention.of(shape.attention(), t);
    int slots = rule.routed() + rule.shared();
    pool = ops.expertPool(slots, HIDDEN, INTERMEDIATE, precision.ofExperts(DType.BF16));
    for (int slot = 0; slot < slots; slot++) {
      ops.fillSlot(
          pool,
          slot,
          new ExpertWeights(
              t.weights(DType.BF16, INTERMEDIATE, HIDDEN),
              t.weights(DType.BF16, INTERMEDIATE, HIDDEN),
              t.weights(DType.BF16, HIDDEN, INTERMEDIATE)));
    }
    routing = ops.routing(TOKENS, rule, pool);
    routed = ops.ints("routed", 1, rule.routed());
    ops.prepare(this::pass);
  }

  /** A router of the kind that a model has. */
  private static RouteRule rule(ModelShape.Experts experts) {
    boolean sigmoid = experts.scoring() == ModelShape.Scoring.SIGMOID;
    boolean grouped = experts.groups() > 1;
    return new RouteRule(
        ROUTED,
        1,
        2,
        grouped ? 4 : 1,
        grouped ? 2 : 1,
        sigmoid,
        experts.normalizeTopK(),
        sigmoid ? 1.5f : 1f);
  }

  /**
   * Whether a backend's results are those of the other; warms it up.
   *
   * @param shape whose attention and router are compared
   * @param precision what the model's weights are kept as
   * @param tolerance squared error over squared result, 0 for to the bit
   */
  static boolean compare(
      Ops ops, Ops reference, ModelShape shape, Precision precision, double tolerance) {
    SelfCheck tested = new SelfCheck(ops, shape, precision);
    SelfCheck expected = new SelfCheck(reference, shape, precision);
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
    t.live(count);
    ops.beginPass();
    pass();
    ops.endPass();
  }

  private void pass() {
    ops.embed(x, table, tokens, t.rows);
    ops.rmsNorm(normed, x, norm, 1e-6f, t.rows);
    attention.pass(normed);
    ops.matmul(logits, normed, gate, null, t.rows);
    if (sharedGate != null && sharedLogit != null) {
      ops.matmul(sharedLogit, normed, sharedGate, null, t.rows);
    }
    ops.route(routing, logits, correction, sharedLogit, rule, map, 0, t.sequences, routed, t.rows);
    ops.experts(normed, x, pool, routing, t.rows);
    ops.add(x, normed, t.rows);
    ops.siluMul(normed, x, t.rows);
  }

  /** As {@link #forward}; returns the layer's output, its attention and what was routed so far. */
  float[] results(int count) {
    forward(count);
    int[] columns = new int[rule.routed()];
    float[] hidden = new float[HIDDEN];
    float[] attended = new float[attention.width()];
    float[] result = new float[count * (HIDDEN + attended.length) + columns.length];
    for (int token = 0; token < count; token++) {
      ops.read(normed, token, hidden);
      ops.read(attention.out(), token, attended);
      int at = token * (HIDDEN + attended.length);
      System.arraycopy(hidden, 0, result, at, HIDDEN);
      System.arraycopy(attended, 0, result, at + HIDDEN, attended.length);
    }
    ops.read(routed, 0, columns);
    for (int column = 0; column < columns.length; column++) {
      result[result.length - columns.length + column] = columns[column];
    }
    return result;
  }
}
