package dev.heddle.ops.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.AttentionRule;
import dev.heddle.ops.CacheShape;
import dev.heddle.ops.ExpertPool;
import dev.heddle.ops.HeadMatrix;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Logprobs;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RopeTable;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.RowMath;
import dev.heddle.ops.RowReader;
import dev.heddle.ops.RowScoring;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import dev.heddle.ops.UnusableLogitsException;
import dev.heddle.ops.WeightFormat;
import dev.heddle.ops.vector.Twins.Both;
import dev.heddle.sample.Sampler;
import dev.heddle.sample.SamplingParams;
import dev.heddle.sample.SamplingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation equals the scalar backend's to the bit, at awkward sizes. */
class VectorOpsTest {
  private static final int[] SIZES = {1, 13, 22, 66, 207};
  private static final int MAX_TOKENS = 64;

  @BeforeAll
  static void say_which_width_is_tested() {
    System.out.println("vectors of " + VectorOps.vectorBits() + " bits");
  }

  /** 1 to 19 and 64, or a few of them where sizes repeat what others show. */
  private static int[] tokenCounts(boolean all) {
    return all
        ? IntStream.concat(IntStream.rangeClosed(1, 19), IntStream.of(MAX_TOKENS)).toArray()
        : new int[] {1, 3, 13, MAX_TOKENS};
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void matrix_products_are_equal(int threads) {
    for (DType dtype : DType.values()) {
      for (int k : SIZES) {
        for (int n : SIZES) {
          boolean spiked = n == 22 || k == 22;
          try (Twins twins = new Twins(threads, 31L * k + n)) {
            Both<Tensor> x = twins.floats(MAX_TOKENS, k + 2, spiked);
            Both<Tensor> out = twins.floats(MAX_TOKENS, n, false);
            Both<Tensor> bias = twins.floats(1, n, spiked);
            List<MatrixData> parts =
                n > 5
                    ? List.of(
                        twins.stored(dtype, 5, k, spiked), twins.stored(dtype, n - 5, k, spiked))
                    : List.of(twins.stored(dtype, n, k, spiked));
            Both<Matrix> w = twins.make(ops -> ops.matrix("w", parts));
            for (int t : tokenCounts(n == 66)) {
              Both<Rows> rows = twins.rows(t);
              twins.run((ops, h) -> {
                Tensor b = t % 2 == 0 ? h.of(bias) : null;
                ops.matmul(h.of(out), h.of(x), h.of(w), b, h.of(rows));
              });
              twins.assertSameFloats(dtype + " " + n + "x" + k + " T=" + t, out, MAX_TOKENS);
            }
          }
        }
      }
    }
  }

  /** At widths of whole blocks and of a part of one, with weights from tiny to large. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void matrix_products_with_int8_weights_are_equal(int threads) {
    for (DType dtype : DType.values()) {
      for (int k : new int[] {2, 22, 32, 66, 208}) {
        for (int n : SIZES) {
          try (Twins twins = new Twins(threads, 31L * k + n)) {
            Both<Tensor> x = twins.floats(MAX_TOKENS, k, n == 22);
            Both<Tensor> out = twins.floats(MAX_TOKENS, n, false);
            List<MatrixData> parts = List.of(twins.stored(dtype, n, k, n != 66));
            Both<Matrix> w = twins.make(ops -> ops.matrix("w", parts, WeightFormat.INT8));
            for (int t : tokenCounts(n == 66)) {
              Both<Rows> rows = twins.rows(t);
              twins.run((ops, h) -> {
                ops.matmul(h.of(out), h.of(x), h.of(w), null, h.of(rows));
              });
              twins.assertSameFloats(dtype + " " + n + "x" + k + " T=" + t, out, MAX_TOKENS);
            }
          }
        }
      }
    }
  }

  @Test
  void int8_takes_no_odd_width() {
    try (VectorOps ops = new VectorOps(1);
        Twins twins = new Twins(1, 1)) {
      assertThatThrownBy(() ->
              ops.matrix("w", List.of(twins.stored(DType.BF16, 3, 7, false)), WeightFormat.INT8))
          .hasMessage("w has an odd width, which int8 cannot hold");
    }
  }

  @ParameterizedTest
  @EnumSource
  void larger_matrix_products_in_blocks_are_equal(WeightFormat format) {
    try (Twins twins = new Twins(2, 5)) {
      int k = 700;
      int n = 300;
      int tokens = 400; // more than one block of tokens
      Both<Tensor> x = twins.floats(tokens, k, false);
      Both<Tensor> out = twins.floats(tokens, n, false);
      DType dtype = format == WeightFormat.F32 ? DType.F32 : DType.BF16;
      MatrixData stored = twins.stored(dtype, n, k, false);
      Both<Matrix> w = twins.make(ops -> ops.matrix("w", List.of(stored), format));
      for (int t : new int[] {1, 2, 8, 399, 400}) {
        Both<Rows> rows = twins.rows(t);
        twins.run((ops, h) -> {
          ops.matmul(h.of(out), h.of(x), h.of(w), null, h.of(rows));
        });
        twins.assertSameFloats("T=" + t, out, tokens);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void products_by_head_are_equal(int threads) {
    for (DType dtype : DType.values()) {
      for (int n : SIZES) {
        for (boolean transposed : new boolean[] {false, true}) {
          int heads = 3;
          int k = 13;
          try (Twins twins = new Twins(threads, n)) {
            List<MatrixData> parts = new ArrayList<>();
            for (int h = 0; h < heads; h++) {
              parts.add(
                  transposed ? twins.stored(dtype, k, n, false) : twins.stored(dtype, n, k, false));
            }
            Both<Tensor> x = twins.floats(MAX_TOKENS, heads * (k + 4), true);
            Both<Tensor> out = twins.floats(MAX_TOKENS, heads * n, false);
            Both<HeadMatrix> w = twins.make(ops -> ops.headMatrix("w", parts, transposed));
            for (int t : tokenCounts(n == 66)) {
              Both<Rows> rows = twins.rows(t);
              twins.run((ops, h) -> {
                ops.headMatmul(h.of(out), h.of(x), k + 4, h.of(w), h.of(rows));
              });
              twins.assertSameFloats(dtype + " " + n + " T=" + t, out, MAX_TOKENS);
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void operations_by_row_are_equal(int threads) {
    for (int n : new int[] {1, 13, 16, 22, 66, 207, 2048}) {
      for (boolean spiked : new boolean[] {false, true}) {
        try (Twins twins = new Twins(threads, n)) {
          Both<Tensor> x = twins.floats(MAX_TOKENS, n, spiked);
          Both<Tensor> y = twins.floats(MAX_TOKENS, n, spiked);
          Both<Tensor> out = twins.floats(MAX_TOKENS, n, false);
          Both<Tensor> weight = twins.floats(1, n, spiked);
          for (int t : new int[] {0, 1, 7, MAX_TOKENS}) {
            Both<Rows> rows = twins.rows(t);
            twins.run((ops, h) -> {
              ops.rmsNorm(h.of(out), h.of(x), h.of(weight), 1e-6f, h.of(rows));
              ops.siluMul(h.of(y), h.of(out), h.of(rows));
              ops.add(h.of(x), h.of(y), h.of(rows));
              ops.rmsNorm(h.of(x), h.of(x), h.of(weight), 1e-6f, h.of(rows));
            });
            String what = "n=" + n + " T=" + t + " spiked=" + spiked;
            twins.assertSameFloats(what, out, MAX_TOKENS);
            twins.assertSameFloats(what, y, MAX_TOKENS);
            twins.assertSameFloats(what, x, MAX_TOKENS);
          }
        }
      }
    }
  }

  @Test
  void the_exponential_is_equal_over_its_whole_range() {
    try (Twins twins = new Twins(1, 0)) {
      int n = 4099;
      Both<Tensor> gate = twins.make(ops -> ops.floats("gate", 1, n));
      Both<Tensor> one = twins.make(ops -> ops.floats("one", 1, n));
      float[] values = new float[n];
      float[] ones = new float[n];
      float[] odd = {
        Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, 87f, -88f, 88.1f, -1e30f
      };
      for (int i = 0; i < n; i++) {
        values[i] = i < odd.length ? odd[i] : -100f + 200f * i / n;
        ones[i] = 1f;
      }
      Both<Rows> rows = twins.rows(1);
      twins.run((ops, h) -> {
        ops.write(h.of(gate), values, n);
        ops.write(h.of(one), ones, n);
        ops.siluMul(h.of(gate), h.of(one), h.of(rows));
      });
      twins.assertSameFloats("silu", gate, 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void rows_are_fetched_and_widened_equally(int threads) {
    for (DType dtype : DType.values()) {
      for (int n : SIZES) {
        try (Twins twins = new Twins(threads, n)) {
          MatrixData stored = twins.stored(dtype, 29, n, true);
          Both<RowTable> table = twins.make(ops -> ops.rowTable("table", stored));
          int[] ids = IntStream.range(0, MAX_TOKENS).map(i -> i * 7 % 29).toArray();
          Both<Tensor> tokens = twins.ints(MAX_TOKENS, 1, ids);
          Both<Tensor> embedded = twins.floats(MAX_TOKENS, n, false);
          Both<Tensor> gathered = twins.floats(MAX_TOKENS, n, false);
          Both<Rows> rows = twins.rows(37);
          twins.run((ops, h) -> {
            ops.embed(h.of(embedded), h.of(table), h.of(tokens), h.of(rows));
            ops.gather(h.of(gathered), h.of(embedded), h.of(tokens), h.of(rows));
          });
          twins.assertSameFloats(dtype + " embed", embedded, MAX_TOKENS);
          twins.assertSameFloats(dtype + " gather", gathered, MAX_TOKENS);
        }
      }
    }
  }

  /** Value and key size, heads, tokens a block, groups (0 for latent attention), window. */
  private record Shape(int latent, int rope, int heads, int blockTokens, int groups, int window) {
    Shape(int latent, int rope, int heads, int blockTokens, int groups) {
      this(latent, rope, heads, blockTokens, groups, 0);
    }

    int cached() {
      return Math.max(1, groups);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void attention_over_the_paged_cache_is_equal(int threads) {
    List<Shape> shapes =
        List.of(
            new Shape(64, 16, 4, 16, 0),
            new Shape(22, 6, 3, 4, 0),
            new Shape(13, 2, 1, 5, 0),
            new Shape(207, 10, 33, 8, 0),
            new Shape(96, 32, 16, 16, 0),
            new Shape(24, 24, 4, 16, 2),
            new Shape(16, 8, 6, 4, 6),
            new Shape(7, 10, 35, 8, 1),
            new Shape(40, 40, 80, 16, 2),
            new Shape(24, 24, 4, 16, 2, 1),
            new Shape(24, 24, 4, 8, 2, 7),
            new Shape(16, 8, 6, 4, 6, 16),
            new Shape(7, 10, 35, 8, 1, 17),
            new Shape(40, 40, 80, 16, 2, 39));
    attend(threads, new Shape(64, 8, 4, 8, 0), 300); // long enough to be split among workers
    attend(threads, new Shape(64, 64, 4, 8, 2), 300);
    attend(threads, new Shape(64, 64, 4, 8, 2, 250), 300);
    for (Shape shape : shapes) {
      for (int context : new int[] {1, 15, 40}) {
        attend(threads, shape, context);
      }
    }
  }

  /** Two sequences are written chunk by chunk through the cache and attend to their own past. */
  private static void attend(int threads, Shape s, int context) {
    int batch = 33;
    int perSequence = Math.ceilDiv(context, s.blockTokens());
    int blocks = 2 * perSequence;
    int queryDim = s.rope() + 7;
    try (Twins twins = new Twins(threads, context)) {
      Both<KvCache> cache =
          twins.make(ops ->
              ops.kvCache(
                  new CacheShape(2, s.cached(), s.latent(), s.rope()), blocks, s.blockTokens()));
      Both<Tensor> cos = twins.floats(context, s.rope() / 2, false);
      Both<Tensor> sin = twins.floats(context, s.rope() / 2, false);
      Both<Tensor> norm = twins.floats(1, s.latent(), false);
      Both<Tensor> keyNorm = twins.floats(1, s.rope(), false);
      int[] tables = IntStream.range(0, blocks).map(i -> (i * 7 + 3) % blocks).toArray();
      if (IntStream.of(tables).distinct().count() < blocks) {
        tables = IntStream.range(0, blocks).map(i -> blocks - 1 - i).toArray();
      }
      int[] table = tables;
      Both<Tensor> blockTables = twins.ints(2, perSequence, table);
      int[] done = {0, 0};
      while (done[0] < context || done[1] < context) {
        int first = Math.min(context - done[0], 1 + twins.random.nextInt(batch));
        int second = Math.min(context - done[1], batch - first);
        int n = first + second;
        int[] at = new int[n];
        int[] sequence = new int[n];
        int[] slot = new int[n];
        for (int t = 0; t < n; t++) {
          sequence[t] = t < first ? 0 : 1;
          at[t] = done[sequence[t]]++;
          int block = table[sequence[t] * perSequence + at[t] / s.blockTokens()];
          slot[t] = block * s.blockTokens() + at[t] % s.blockTokens();
        }
        Both<Tensor> positions = twins.ints(n, 1, at);
        Both<Tensor> sequences = twins.ints(n, 1, sequence);
        Both<Tensor> slots = twins.ints(n, 1, slot);
        Both<Tensor> compressed = twins.floats(n, s.latent() + s.rope(), false);
        Both<Tensor> values = twins.floats(n, s.cached() * s.latent(), false);
        Both<Tensor> keys = twins.floats(n, s.cached() * s.rope(), false);
        Both<Tensor> qLatent = twins.floats(n, s.heads() * s.latent(), false);
        Both<Tensor> q = twins.floats(n, s.heads() * queryDim, false);
        Both<Tensor> out = twins.floats(n, s.heads() * s.latent(), false);
        Both<Rows> rows = twins.rows(n);
        float scale = done[0] % 3 == 0 ? 8f : 0.2f; // large scores exercise the rescaling
        twins.run((ops, h) -> {
          RopeTable rope = new RopeTable(h.of(cos), h.of(sin), s.groups() > 0);
          Rows r = h.of(rows);
          ops.rope(h.of(q), s.heads(), queryDim, 7, rope, h.of(positions), r);
          if (s.groups() == 0) {
            ops.storeLatent(
                h.of(cache),
                1,
                h.of(compressed),
                h.of(norm),
                1e-6f,
                rope,
                h.of(positions),
                h.of(slots),
                r);
          } else {
            ops.rmsNorm(h.of(keys), h.of(keys), h.of(keyNorm), 1e-6f, r);
            ops.rope(h.of(keys), s.groups(), s.rope(), 0, rope, h.of(positions), r);
            ops.storeKeyValue(h.of(cache), 1, h.of(values), h.of(keys), h.of(slots), r);
          }
          ops.attention(
              h.of(out),
              s.groups() == 0 ? h.of(qLatent) : null,
              h.of(q),
              new AttentionRule(s.heads(), scale, s.window()),
              h.of(cache),
              1,
              h.of(positions),
              h.of(sequences),
              h.of(blockTables),
              r);
        });
        twins.assertSameFloats(s + " q", q, n);
        twins.assertSameFloats(s + " context " + context + " n " + n, out, n);
      }
    }
  }

  @Test
  void a_copied_block_serves_in_place_of_the_first() {
    try (Twins twins = new Twins(1, 8)) {
      Both<KvCache> cache = twins.make(ops -> ops.kvCache(new CacheShape(1, 1, 16, 4), 2, 4));
      Both<Tensor> angles = twins.floats(4, 2, false);
      Both<Tensor> norm = twins.floats(1, 16, false);
      Both<Tensor> four = twins.ints(4, 1, 0, 1, 2, 3);
      Both<Tensor> zeros = twins.ints(4, 1, 0, 0, 0, 0);
      Both<Tensor> table = twins.ints(1, 1, 1);
      Both<Tensor> compressed = twins.floats(4, 20, false);
      Both<Tensor> q = twins.floats(4, 2 * 4, false);
      Both<Tensor> qLatent = twins.floats(4, 2 * 16, false);
      Both<Tensor> out = twins.floats(4, 2 * 16, false);
      Both<Rows> rows = twins.rows(4);
      twins.run((ops, h) -> {
        RopeTable rope = new RopeTable(h.of(angles), h.of(angles), false);
        ops.storeLatent(
            h.of(cache),
            0,
            h.of(compressed),
            h.of(norm),
            1e-6f,
            rope,
            h.of(four),
            h.of(four),
            h.of(rows));
        ops.copyBlock(h.of(cache), 0, 1);
        ops.attention(
            h.of(out),
            h.of(qLatent),
            h.of(q),
            new AttentionRule(2, 1f, 0),
            h.of(cache),
            0,
            h.of(four),
            h.of(zeros),
            h.of(table),
            h.of(rows));
      });
      twins.assertSameFloats("attention", out, 4);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void routing_and_experts_are_equal(int threads) {
    List<RouteRule> rules =
        List.of(
            new RouteRule(13, 1, 2, 1, 1, false, false, 1f),
            new RouteRule(22, 2, 6, 1, 1, false, true, 1f),
            new RouteRule(64, 2, 6, 8, 3, false, false, 16f),
            new RouteRule(64, 1, 6, 8, 3, true, true, 2.5f),
            new RouteRule(9, 2, 3, 1, 1, true, false, 1f),
            new RouteRule(5, 0, 1, 1, 1, false, true, 2.5f));
    for (RouteRule rule : rules) {
      for (DType dtype : DType.values()) {
        routeAndRun(threads, rule, dtype, WeightFormat.stored(dtype), 66, 22);
        routeAndRun(threads, rule, dtype, WeightFormat.stored(dtype), 13, 207);
      }
      routeAndRun(threads, rule, DType.BF16, WeightFormat.INT8, 66, 22);
      routeAndRun(threads, rule, DType.F32, WeightFormat.INT8, 14, 208);
    }
  }

  private static void routeAndRun(
      int threads, RouteRule rule, DType dtype, WeightFormat format, int hidden, int intermediate) {
    int columns = rule.routed() + rule.shared();
    int slots = 2 * columns;
    try (Twins twins = new Twins(threads, columns)) {
      Both<ExpertPool> pool =
          twins.make(ops -> ops.expertPool(slots + 1, hidden, intermediate, format));
      for (int s = 0; s < slots; s++) {
        int slot = s;
        ExpertWeights weights =
            new ExpertWeights(
                twins.stored(dtype, intermediate, hidden, false),
                twins.stored(dtype, intermediate, hidden, false),
                twins.stored(dtype, hidden, intermediate, false));
        twins.run((ops, h) -> {
          ops.fillSlot(h.of(pool), slot, weights);
        });
      }
      int tokens = 150;
      Both<Routing> routing = twins.make(ops -> ops.routing(tokens, rule, pool(ops, pool)));
      // Row 1 of the map is an adapter that has experts of its own here and there.
      int[] map = new int[3 * columns];
      for (int c = 0; c < columns; c++) {
        map[columns + c] = c;
        map[2 * columns + c] = c % 3 == 0 ? columns + c : c;
      }
      Both<Tensor> mapTable = twins.ints(3, columns, map);
      int[] adapterRows = IntStream.range(0, tokens).map(t -> t / 2 % 2).toArray();
      Both<Tensor> adapters = twins.ints(tokens, 1, adapterRows);
      Both<Tensor> x = twins.floats(tokens, hidden, false);
      Both<Tensor> out = twins.floats(tokens, hidden, false);
      Both<Tensor> logits = logits(twins, tokens, rule.routed());
      Both<Tensor> correction = twins.floats(1, rule.routed(), false);
      Both<Tensor> sharedGate = twins.floats(tokens, 1, false);
      Both<Tensor> counts = twins.ints(3, rule.routed(), new int[3 * rule.routed()]);
      int[][] picked = new int[3][rule.routed()];
      for (int t : new int[] {1, 2, 3, 5, 8, 19, 64, 150}) {
        Both<Rows> rows = twins.rows(t);
        twins.run((ops, h) -> {
          ops.route(
              h.of(routing),
              h.of(logits),
              rule.sigmoid() ? h.of(correction) : null,
              rule.sigmoid() ? h.of(sharedGate) : null,
              rule,
              h.of(mapTable),
              1,
              h.of(adapters),
              h.of(counts),
              h.of(rows));
          ops.experts(h.of(out), h.of(x), h.of(pool), h.of(routing), h.of(rows));
        });
        String what = rule + " " + dtype + " as " + format + " T=" + t;
        Routing r = routing.reference();
        Routing v = routing.vector();
        twins.assertSameInts(what, new Both<>(r.picks(), v.picks()), t);
        twins.assertSameInts(what, new Both<>(r.slots(), v.slots()), t);
        twins.assertSameFloats(what, new Both<>(r.weights(), v.weights()), t);
        twins.assertSameFloats(what, out, tokens);
        addPicks(twins.vector, v, t, rule.topK(), adapterRows, picked);
        twins.assertSameInts(what, counts, 3);
        assertThat(read(twins.vector, counts.vector(), picked)).as(what).isDeepEqualTo(picked);
      }
    }
  }

  /** Counts again, from the picks themselves; row 0 of the map is nobody's here. */
  private static void addPicks(
      Ops ops, Routing routing, int tokens, int k, int[] adapterRows, int[][] picked) {
    int[] picks = new int[k];
    for (int t = 0; t < tokens; t++) {
      ops.read(routing.picks(), t, picks);
      for (int pick : picks) {
        picked[1 + adapterRows[t]][pick]++;
      }
    }
  }

  private static int[][] read(Ops ops, Tensor counts, int[][] like) {
    int[][] read = new int[like.length][like[0].length];
    for (int row = 0; row < read.length; row++) {
      ops.read(counts, row, read[row]);
    }
    return read;
  }

  private static ExpertPool pool(dev.heddle.ops.Ops ops, Both<ExpertPool> pool) {
    return ops.name().equals("reference") ? pool.reference() : pool.vector();
  }

  /** Logits with many ties. */
  private static Both<Tensor> logits(Twins twins, int tokens, int routed) {
    float[] values = new float[tokens * routed];
    for (int i = 0; i < values.length; i++) {
      values[i] = twins.random.nextInt(9) - 4 + (i % 2 == 0 ? 0f : twins.random.nextFloat());
    }
    return twins.make(ops -> {
      Tensor tensor = ops.floats("logits", tokens, routed);
      ops.write(tensor, values, values.length);
      return tensor;
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 15, 16, 17, 100, 1023, 1024, 1025, 5000})
  void scores_of_rows_and_draws_agree_to_the_bit(int vocabulary) {
    int rows = 11;
    try (Twins twins = new Twins(vocabulary, 2)) {
      float[] values = new float[rows * vocabulary];
      for (int i = 0; i < values.length; i++) {
        double logit = twins.random.nextGaussian() * (1 + i / vocabulary);
        values[i] = (float) (i / vocabulary % 3 == 0 ? Math.rint(logit) : logit); // ties
        if (twins.random.nextInt(9) == 0 && i % vocabulary > 0) {
          values[i] = Float.NEGATIVE_INFINITY;
        }
      }
      float[] bad = {Float.NaN, Float.POSITIVE_INFINITY};
      for (int i = 0; i < bad.length; i++) {
        values[(3 + i) * vocabulary + twins.random.nextInt(vocabulary)] = bad[i];
      }
      Arrays.fill(values, 5 * vocabulary, 6 * vocabulary, Float.NEGATIVE_INFINITY);
      Both<Tensor> logits =
          twins.make(ops -> {
            Tensor tensor = ops.floats("logits", rows, vocabulary);
            ops.write(tensor, values, values.length);
            return tensor;
          });
      for (int count : new int[] {1, 2, 3, 7, rows}) {
        Scores expected = new Scores(count, vocabulary);
        Scores actual = new Scores(count, vocabulary);
        twins.reference.score(logits.reference(), expected);
        twins.vector.score(logits.vector(), actual);
        assertThat(actual.told).as("%d rows", count).isEqualTo(expected.told);
        assertThat(expected.told).doesNotContainNull();
        assertThat(draws(twins.vector, logits.vector(), count))
            .as("%d rows", count)
            .isEqualTo(draws(twins.reference, logits.reference(), count))
            .doesNotContainNull();
      }
    }
  }

  private static String[] draws(Ops ops, Tensor logits, int count) {
    Draws draws = new Draws(ops, logits.cols(), count);
    ops.show(logits, draws);
    return draws.told;
  }

  /** The last rows, of each the greatest logit, all weights, and a token drawn by these. */
  private static final class Draws implements RowReader {
    private static final float TEMPERATURE = 0.7f;

    private final RowMath math;
    private final Sampler[] samplers;
    private final String[] told;

    Draws(Ops ops, int vocabulary, int count) {
      math = ops.rowMath();
      told = new String[count];
      samplers = new Sampler[ops.lanes()];
      Arrays.setAll(samplers, lane -> new Sampler(vocabulary, math));
    }

    @Override
    public int count() {
      return told.length;
    }

    @Override
    public int row(int i) {
      return 10 - i;
    }

    @Override
    public void look(int lane, int i, float[] logits) {
      float max = math.max(logits, logits.length);
      float[] weights = new float[logits.length];
      math.weigh(weights, logits, logits.length, 1, TEMPERATURE);
      SamplingParams params =
          new SamplingParams(TEMPERATURE, i % 3 * 5, 0.8f, 0.01f, 1, 0, 0, Map.of(), 7);
      String drawn;
      try {
        SamplingState state = SamplingState.of(params, new int[] {0}, List.of());
        drawn = samplers[lane].sample(logits, state, i) + "";
      } catch (UnusableLogitsException e) {
        drawn = String.valueOf(e.getMessage());
      }
      told[i] = max + " " + Arrays.toString(weights) + " " + drawn;
    }
  }

  /** The last rows, each scored once, with other tokens and other numbers of alternatives. */
  private static final class Scores implements RowScoring {
    private final int vocabulary;
    private final String[] told;

    Scores(int count, int vocabulary) {
      this.vocabulary = vocabulary;
      this.told = new String[count];
    }

    @Override
    public int count() {
      return told.length;
    }

    @Override
    public int row(int i) {
      return 10 - i;
    }

    @Override
    public int token(int i) {
      return i * 7 % vocabulary;
    }

    @Override
    public int alternatives(int i) {
      return i * 5 % 21;
    }

    @Override
    public void scored(int i, Logprobs result) {
      StringBuilder words = new StringBuilder(Float.toHexString(result.logprob()));
      for (int rank = 0; rank < result.alternatives(); rank++) {
        words.append(' ').append(result.alternativeTokens()[rank]).append(':');
        words.append(Float.toHexString(result.alternativeLogprobs()[rank]));
      }
      tell(i, words.toString());
    }

    @Override
    public void failed(int i, RuntimeException cause) {
      tell(i, String.valueOf(cause.getMessage()));
    }

    private void tell(int i, String words) {
      if (told[i] != null) {
        throw new AssertionError("row " + i + " was told before");
      }
      told[i] = words;
    }
  }

  @Test
  void an_empty_slot_is_an_error_and_leaves_the_routing_usable() {
    RouteRule rule = new RouteRule(4, 0, 1, 1, 1, false, false, 1f);
    try (VectorOps ops = new VectorOps(2)) {
      ExpertPool pool = ops.expertPool(5, 16, 16, WeightFormat.F32);
      try (Twins twins = new Twins(1, 1)) {
        for (int slot = 0; slot < 4; slot++) {
          MatrixData m = twins.stored(DType.F32, 16, 16, false);
          ops.fillSlot(pool, slot, new ExpertWeights(m, m, m));
        }
      }
      ops.clearSlot(pool, 3);
      Routing routing = ops.routing(2, rule, pool);
      Tensor logits = ops.floats("logits", 2, 4);
      Tensor map = ops.ints("map", 1, 4);
      ops.writeRow(map, 0, new int[] {0, 1, 2, 3});
      Tensor adapters = ops.ints("adapters", 2, 1);
      Tensor counts = ops.ints("counts", 1, 1);
      ops.write(counts, new int[] {2}, 1);
      Rows rows = new Rows(counts, 0);
      ops.write(logits, new float[] {9, 0, 0, 0, 0, 0, 0, 9}, 8);
      assertThatThrownBy(
              () -> ops.route(routing, logits, null, null, rule, map, 0, adapters, null, rows))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("slot 3");

      ops.write(logits, new float[] {9, 0, 0, 0, 0, 0, 9, 0}, 8);
      ops.route(routing, logits, null, null, rule, map, 0, adapters, null, rows);
      int[] slot = new int[1];
      ops.read(routing.slots(), 1, slot);
      assertThat(slot).containsExactly(2);
    }
  }

  @Test
  void shapes_that_do_not_fit_are_refused() {
    try (VectorOps ops = new VectorOps(1)) {
      Tensor two = ops.floats("two", 2, 8);
      Tensor three = ops.floats("three", 3, 9);
      Tensor counts = ops.ints("counts", 1, 1);
      Rows rows = new Rows(counts, 0);
      assertThatThrownBy(() -> ops.add(two, three, rows))
          .isInstanceOf(IllegalArgumentException.class);
      ops.write(counts, new int[] {3}, 1);
      assertThatThrownBy(() -> ops.add(two, two, rows))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("two");
      assertThatThrownBy(() -> ops.read(two, 2, new float[8]))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> ops.write(two, new float[17], 17))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
