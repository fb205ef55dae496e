package dev.heddle.ops.vector;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import dev.heddle.ops.WeightFormat;
import java.lang.foreign.Arena;
import java.util.List;
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

/**
 * Matrix products whose weights come from memory: copies of a matrix, more than caches hold, take
 * turns. The shapes are DeepSeek-V2-Lite's: gate and up of an expert, its down, the output and the
 * query of attention, gate and up of the dense layer, the output head.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MatmulBench {
  private static final long ALL_COPIES_BYTES = 700L << 20;

  @Param({"1408x2048", "2048x1408", "2048x2048", "3072x2048", "10944x2048", "102400x2048"})
  public String shape = "";

  @Param public WeightFormat format = WeightFormat.BF16;

  @Param({"1", "4", "8", "16", "64", "512"})
  public int tokens;

  private VectorOps ops;
  private Matrix[] copies;
  private Tensor x;
  private Tensor out;
  private Rows rows;
  private int next;
  private long elements;

  @Setup(Level.Trial)
  public void setUp() {
    MachineLimits.print(Made.threads());
    int n = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
    int k = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
    elements = (long) n * k;
    ops = new VectorOps(Made.threads());
    Made made = new Made(ops);
    copies = new Matrix[(int) Math.ceilDiv(ALL_COPIES_BYTES, format.bytes(elements))];
    try (Arena arena = Arena.ofConfined()) {
      DType dtype = format == WeightFormat.F32 ? DType.F32 : DType.BF16;
      MatrixData stored = made.matrix(arena, dtype, n, k);
      for (int i = 0; i < copies.length; i++) {
        copies[i] = ops.matrix("w", List.of(stored), format);
      }
    }
    x = made.floats("x", tokens, k);
    out = ops.floats("out", tokens, n);
    rows = made.rows(tokens);
  }

  @Benchmark
  public void matmul(Traffic traffic) {
    ops.matmul(out, x, copies[next], null, rows);
    next = (next + 1) % copies.length;
    traffic.bytes += format.bytes(elements);
    traffic.flops += 2 * elements * tokens;
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    ops.close();
  }
}
