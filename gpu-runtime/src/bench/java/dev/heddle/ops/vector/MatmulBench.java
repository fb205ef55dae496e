package dev.heddle.ops.vector;

import dev.heddle.format.DType;
import dev.heddle.format.MatrixData;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import dev.heddle.ops.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
 * Matrix products whose weights come from memory: copies of a matrix, more than caches hold,
 * take turns. Counters: bytes of weights and floating-point operations a second; the memory's own
 * speed is printed before each trial.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MatmulBench {
  private static final long ALL_COPIES_BYTES = 700L << 20;

  @Param({"1408x2048", "2048x1408", "2048x2048", "32000x2048"})
  public String shape;

  @Param({"BF16", "INT8"})
  public WeightFormat format;

  @Param({"1", "4", "8", "16", "64", "512"})
  public int tokens;

  /** What one call adds to the counters. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Counters {
    public long weightBytes;
    public long flops;
  }

  private VectorOps ops;
  private Matrix[] copies;
  private Tensor x;
  private Tensor out;
  private Rows rows;
  private int next;
  private long elements;

  @Setup(Level.Trial)
  public void setUp() {
    int threads = Runtime.getRuntime().availableProcessors();
    System.out.printf("memory: %.1f GB/s%n", MemoryBandwidth.measure(threads) * 1e-9);
    int n = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
    int k = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
    elements = (long) n * k;
    ops = new VectorOps(threads);
    copies = new Matrix[(int) Math.ceilDiv(ALL_COPIES_BYTES, format.bytes(elements))];
    Random random = new Random(1);
    try (Arena arena = Arena.ofConfined()) {
      MatrixData stored = random(arena, random, n, k);
      for (int i = 0; i < copies.length; i++) {
        copies[i] = ops.matrix("w", List.of(stored), format);
      }
    }
    x = ops.floats("x", tokens, k);
    float[] values = new float[tokens * k];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    ops.write(x, values, values.length);
    out = ops.floats("out", tokens, n);
    Tensor counts = ops.ints("counts", 1, 1);
    ops.write(counts, new int[] {tokens}, 1);
    rows = new Rows(counts, 0);
  }

  private static MatrixData random(Arena arena, Random random, int rows, int cols) {
    MemorySegment data = arena.allocate(2L * rows * cols);
    for (long i = 0; i < (long) rows * cols; i++) {
      int bits = Float.floatToRawIntBits(random.nextFloat() - 0.5f);
      data.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (bits >>> 16));
    }
    return MatrixData.dense(DType.BF16, rows, cols, data);
  }

  @Benchmark
  public void matmul(Counters counters) {
    ops.matmul(out, x, copies[next], null, rows);
    next = (next + 1) % copies.length;
    counters.weightBytes += format.bytes(elements);
    counters.flops += 2 * elements * tokens;
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    ops.close();
  }
}
