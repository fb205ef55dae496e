package dev.heddle.ops.vector;

import dev.heddle.ops.AttentionRule;
import dev.heddle.ops.CacheShape;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Rows;
import dev.heddle.ops.Tensor;
import java.util.Arrays;
import java.util.Random;
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
 * One layer's attention of decoding, with so many positions in the cache: latent attention with
 * DeepSeek-V2-Lite's 16 heads. Layers take turns, as many as make the cache larger than what the
 * processor keeps, so that it is read from memory.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AttentionBench {
  private static final int BLOCK = 32;
  private static final long CACHE_BYTES = 300L << 20;

  @Param({"128", "4096", "8192", "32768"})
  public int positions;

  @Param({"1", "4"})
  public int sequences;

  private VectorOps ops;
  private KvCache cache;
  private Tensor qValue;
  private Tensor q;
  private Tensor out;
  private Tensor at;
  private Tensor row;
  private Tensor blockTables;
  private Rows rows;
  private AttentionRule rule;
  private int layers;
  private int layer;

  @Setup(Level.Trial)
  public void setUp() {
    MachineLimits.print(Made.threads());
    ops = new VectorOps(Made.threads());
    Made made = new Made(ops);
    long layerBytes = 4L * sequences * positions * (Made.LATENT + Made.ROPE);
    layers = (int) Math.ceilDiv(CACHE_BYTES, layerBytes);
    int blocks = positions / BLOCK;
    CacheShape shape = new CacheShape(layers, 1, Made.LATENT, Made.ROPE);
    cache = ops.kvCache(shape, sequences * blocks, BLOCK);
    fill(((VectorHandles.Cache) cache).keys());
    qValue = made.floats("qValue", sequences, Made.HEADS * Made.LATENT);
    q = made.floats("q", sequences, Made.HEADS * Made.QUERY);
    out = ops.floats("out", sequences, Made.HEADS * Made.LATENT);
    int[] last = new int[sequences];
    Arrays.fill(last, positions - 1);
    at = made.ints("positions", sequences, 1, last);
    int[] numbers = new int[sequences * blocks];
    Arrays.setAll(numbers, i -> i);
    row = made.ints("sequences", sequences, 1, Arrays.copyOf(numbers, sequences));
    blockTables = made.ints("blocks", sequences, blocks, numbers);
    rows = made.rows(sequences);
    rule = new AttentionRule(Made.HEADS, 0.1f, 0);
  }

  private static void fill(KeyValueRows keys) {
    Random random = new Random(1);
    float[] noise = new float[1 << 16];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = random.nextFloat() - 0.5f;
    }
    int n = 0;
    for (int layer = 0; layer < keys.shape().layers(); layer++) {
      for (int slot = 0; slot < keys.blocks() * keys.blockTokens(); slot++) {
        long row = keys.row(layer, 0, slot);
        for (int i = 0; i < keys.width(); i++) {
          Lanes.setFloat(row + 4L * i, noise[n++ & 0xFFFF]);
        }
      }
    }
  }

  @Benchmark
  public void decode(Traffic traffic) {
    ops.attention(out, qValue, q, rule, cache, layer, at, row, blockTables, rows);
    layer = (layer + 1) % layers;
    long keys = (long) sequences * positions;
    traffic.bytes += 4L * keys * (Made.LATENT + Made.ROPE);
    traffic.flops += 2L * keys * Made.HEADS * (2 * Made.LATENT + Made.ROPE);
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    ops.close();
  }
}
