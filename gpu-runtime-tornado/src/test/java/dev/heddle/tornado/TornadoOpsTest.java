package dev.heddle.tornado;

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
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RopeTable;
import dev.heddle.ops.RouteRule;
import dev.heddle.ops.Routing;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.Tensor;
import dev.heddle.ops.WeightFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every operation on the device is the scalar backend's within 1e-9, at awkward sizes, and does not
 * depend on the batch. The device is the SDK's where there is one, else the emulator.
 */
class TornadoOpsTest {
  private static final int ROWS = Parity.ROWS;

  @AfterEach
  void forget_the_limit_of_slabs() {
    System.clearProperty(Devices.MAX_SLAB);
  }

  @ParameterizedTest
  @CsvSource({
    "BF16,1,1",
    "BF16,13,22",
    "BF16,66,207",
    "F32,1,1",
    "F32,22,13",
    "F32,207,66",
    "F16,33,35"
  })
  void matrix_products_agree(DType dtype, int n, int k) {
    Parity.check(
        dtype + " " + n + "x" + k,
        s -> {
          Tensor x = s.floats(ROWS, k + 2);
          Tensor out = s.result(s.empty(ROWS, n));
          Tensor bias = n > 13 ? s.vector(n) : null;
          List<MatrixData> parts =
              n > 5
                  ? List.of(s.stored(dtype, 5, k), s.stored(dtype, n - 5, k))
                  : List.of(s.stored(dtype, n, k));
          Matrix w = s.ops.matrix("w", parts);
          return () -> s.ops.matmul(out, x, w, bias, s.rows);
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void products_by_head_agree(boolean transposed) {
    int heads = 3;
    int n = 18;
    int k = 13;
    Parity.check(
        "heads " + transposed,
        s -> {
          List<MatrixData> parts = new ArrayList<>();
          for (int h = 0; h < heads; h++) {
            parts.add(transposed ? s.stored(DType.BF16, k, n) : s.stored(DType.BF16, n, k));
          }
          Tensor x = s.floats(ROWS, heads * (k + 4));
          Tensor out = s.result(s.empty(ROWS, heads * n));
          HeadMatrix w = s.ops.headMatrix("w", parts, transposed);
          return () -> s.ops.headMatmul(out, x, k + 4, w, s.rows);
        });
  }

  @ParameterizedTest
  @CsvSource({"1,1", "13,1", "207,1", "13,3"})
  void norms_agree_for_every_part_of_a_row_and_may_write_where_they_read(int n, int parts) {
    Parity.check(
        "norm " + n + " x " + parts,
        s -> {
          Tensor x = s.floats(ROWS, parts * n);
          Tensor out = s.result(s.empty(ROWS, parts * n));
          Tensor weight = s.vector(n);
          return () -> {
            s.ops.rmsNorm(out, x, weight, 1e-6f, s.rows);
            s.ops.rmsNorm(out, out, weight, 1e-6f, s.rows);
          };
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 22, 207})
  void sums_and_gates_agree(int n) {
    Parity.check(
        "elements " + n,
        s -> {
          Tensor x = s.floats(ROWS, n);
          Tensor y = s.floats(ROWS, n);
          Tensor gate = s.result(s.empty(ROWS, n));
          Tensor indices =
              s.ints(ROWS, 1, IntStream.range(0, ROWS).map(i -> i * 5 % ROWS).toArray());
          return () -> {
            s.ops.gather(gate, x, indices, s.rows);
            s.ops.add(gate, y, s.rows);
            s.ops.siluMul(gate, x, s.rows);
          };
        });
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void rows_of_a_table_are_exact(DType dtype) {
    Parity.check(
        "table " + dtype,
        s -> {
          RowTable table = s.ops.rowTable("table", s.stored(dtype, 40, 23));
          Tensor tokens = s.ints(ROWS, 1, IntStream.range(0, ROWS).map(i -> 39 - i).toArray());
          Tensor out = s.result(s.empty(ROWS, 23));
          return () -> s.ops.embed(out, table, tokens, s.rows);
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void rotations_of_a_part_of_each_head_agree(boolean halves) {
    Parity.check(
        "rope by halves " + halves,
        s -> {
          Tensor x = s.floats(ROWS, 3 * 12);
          Tensor out = s.result(s.empty(ROWS, 3 * 12));
          RopeTable table = new RopeTable(s.floats(64, 3), s.floats(64, 3), halves);
          Tensor positions = s.ints(ROWS, 1, IntStream.range(0, ROWS).map(i -> 3 * i).toArray());
          Tensor indices = s.ints(ROWS, 1, IntStream.range(0, ROWS).toArray());
          return () -> {
            s.ops.gather(out, x, indices, s.rows);
            s.ops.rope(out, 3, 12, 4, table, positions, s.rows);
          };
        });
  }

  /** Positions of one sequence, whose blocks lie backwards in the cache. */
  private static final class PagedSequence {
    private static final int BLOCKS = 24;

    final KvCache cache;
    final Tensor positions;
    final Tensor kvSlots;
    final Tensor sequences;
    final Tensor tables;

    /** One layer a buffer: the cache is in several. */
    PagedSequence(Scenario s, CacheShape shape, int blockTokens) {
      cache = s.ops.kvCache(shape, BLOCKS, blockTokens);
      int[] table = IntStream.range(0, 6).map(i -> BLOCKS - 1 - i).toArray();
      positions = s.ints(ROWS, 1, IntStream.range(0, ROWS).toArray());
      kvSlots =
          s.ints(
              ROWS,
              1,
              IntStream.range(0, ROWS)
                  .map(i -> table[i / blockTokens] * blockTokens + i % blockTokens)
                  .toArray());
      sequences = s.ints(ROWS, 1, IntStream.range(0, ROWS).map(i -> 1).toArray());
      tables = s.ops.ints("tables", 2, 6);
      s.ops.writeRow(tables, 1, table);
    }

    static void limitSlabs(CacheShape shape, int blockTokens) {
      int layer = BLOCKS * blockTokens * shape.groups() * shape.width();
      System.setProperty(Devices.MAX_SLAB, "" + 4 * Math.max(1 << 13, layer));
    }

    void attend(Scenario s, Tensor out, @Nullable Tensor qValue, Tensor q, AttentionRule rule) {
      s.ops.attention(out, qValue, q, rule, cache, 2, positions, sequences, tables, s.rows);
    }
  }

  @ParameterizedTest
  @CsvSource({"80,16,32,false", "13,6,4,true"})
  void latent_attention_over_the_paged_cache_agrees(
      int latent, int rope, int blockTokens, boolean halves) {
    int heads = 3;
    int queryDim = rope + 5;
    CacheShape shape = new CacheShape(3, 1, latent, rope);
    PagedSequence.limitSlabs(shape, blockTokens);
    Parity.check(
        "attention " + latent,
        s -> {
          PagedSequence paged = new PagedSequence(s, shape, blockTokens);
          Tensor compressed = s.floats(ROWS, latent + rope);
          Tensor norm = s.vector(latent);
          Tensor queryLatent = s.floats(ROWS, heads * latent);
          Tensor query = s.floats(ROWS, heads * queryDim);
          RopeTable table = new RopeTable(s.floats(64, rope / 2), s.floats(64, rope / 2), halves);
          Tensor out = s.result(s.empty(ROWS, heads * latent));
          return () -> {
            s.ops.storeLatent(
                paged.cache,
                2,
                compressed,
                norm,
                1e-6f,
                table,
                paged.positions,
                paged.kvSlots,
                s.rows);
            paged.attend(s, out, queryLatent, query, new AttentionRule(heads, 0.3f, 0));
          };
        });
  }

  @ParameterizedTest
  @CsvSource({"6,2,40,32,0", "4,4,13,4,0", "3,1,16,4,7", "4,2,9,4,1", "2,1,8,16,16"})
  void grouped_attention_over_the_paged_cache_agrees(
      int heads, int groups, int head, int blockTokens, int window) {
    CacheShape shape = new CacheShape(3, groups, head, head);
    PagedSequence.limitSlabs(shape, blockTokens);
    Parity.check(
        "grouped " + heads + "/" + groups + " window " + window,
        s -> {
          PagedSequence paged = new PagedSequence(s, shape, blockTokens);
          Tensor keys = s.floats(ROWS, groups * head);
          Tensor values = s.floats(ROWS, groups * head);
          Tensor query = s.floats(ROWS, heads * head);
          Tensor out = s.result(s.empty(ROWS, heads * head));
          return () -> {
            s.ops.storeKeyValue(paged.cache, 2, values, keys, paged.kvSlots, s.rows);
            paged.attend(s, out, null, query, new AttentionRule(heads, 0.3f, window));
          };
        });
  }

  @ParameterizedTest
  @CsvSource({
    "BF16,8,2,1,1,1,false,false",
    "BF16,16,4,2,4,2,false,true",
    "F32,8,3,0,1,1,false,true",
    "F16,12,1,1,3,1,false,true",
    "F32,16,4,1,4,2,true,true",
    "F32,9,2,2,1,1,true,false"
  })
  void routing_and_experts_agree(
      DType dtype,
      int routed,
      int k,
      int shared,
      int groups,
      int topGroups,
      boolean sigmoid,
      boolean normalize) {
    RouteRule rule = new RouteRule(routed, shared, k, groups, topGroups, sigmoid, normalize, 1.5f);
    int columns = routed + shared;
    int hidden = 34;
    int intermediate = 19;
    // Slots for the base and one adapter; a buffer has room for three of them.
    int slots = 2 * columns;
    int lanes = Devices.chosen().sizes().lanes();
    int words = ExpertPanels.of(hidden, intermediate, dtype == DType.BF16, lanes).words();
    System.setProperty(Devices.MAX_SLAB, "" + 4L * Math.max(3 * words, 1 << 14));
    Parity.check(
        rule.toString(),
        s -> {
          Tensor x = s.floats(ROWS, hidden);
          Tensor logits = s.floats(ROWS, routed);
          ExpertPool pool =
              s.ops.expertPool(slots, hidden, intermediate, WeightFormat.stored(dtype));
          for (int slot = 0; slot < slots; slot++) {
            s.ops.fillSlot(
                pool,
                slot,
                new ExpertWeights(
                    s.stored(dtype, intermediate, hidden),
                    s.stored(dtype, intermediate, hidden),
                    s.stored(dtype, hidden, intermediate)));
          }
          Tensor map = s.ops.ints("map", 4, columns);
          s.ops.writeRow(map, 2, IntStream.range(0, columns).toArray());
          s.ops.writeRow(map, 3, IntStream.range(0, columns).map(i -> slots - 1 - i).toArray());
          Tensor adapters = s.ints(ROWS, 1, IntStream.range(0, ROWS).map(i -> i % 2).toArray());
          Tensor correction = sigmoid ? s.vector(routed) : null;
          Tensor gate = sigmoid ? s.floats(ROWS, 1) : null;
          Routing routing = s.ops.routing(ROWS, rule, pool);
          s.result(routing.weights());
          Tensor out = s.result(s.empty(ROWS, hidden));
          return () -> {
            s.ops.route(routing, logits, correction, gate, rule, map, 2, adapters, null, s.rows);
            s.ops.experts(out, x, pool, routing, s.rows);
          };
        });
  }

  @Test
  void a_pass_that_is_not_the_prepared_one_is_refused() {
    try (Ops ops = TestDevice.open()) {
      Scenario scenario =
          new Scenario(
              ops,
              1,
              s -> {
                Tensor x = s.floats(4, 3);
                Tensor y = s.floats(4, 3);
                return () -> s.ops.add(x, y, s.rows);
              });
      ops.beginPass();
      Tensor other = new DeviceHandles.Place("other", 4, 3, DeviceHandles.Kind.FLOATS, 0);
      assertThatThrownBy(() -> ops.add(other, other, scenario.rows))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is not the one that was prepared");
    }
  }

  @Test
  void bf16_widens_exactly() {
    float[] table = dev.heddle.tornado.kernel.Bf16.table();
    for (int bits = 0; bits < 1 << 16; bits++) {
      float expected = Float.intBitsToFloat(bits << 16);
      int exponent = (bits >> 7) & 0xFF;
      int significand = (bits & 0x7F) + (exponent == 0 ? 0 : 128);
      float actual = significand * table[(bits >> 7) & 0x1FF];
      if (!Float.isNaN(expected)) {
        assertThat(actual).as("bf16 %04x", bits).isEqualTo(expected);
      }
    }
  }
}
