package dev.heddle.ops.vector;

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
 * From router logits to slots and groups, in one layer: fused in one pass, and as a chain of
 * operations. With 20 adapters, and with none, which tells apart what adapters add.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RerouteBench {
  @Param({"1", "4", "16", "64", "256", "512"})
  public int tokens;

  @Param({"0", "20"})
  public int adapters;

  private RerouteCase batch;

  @Setup(Level.Trial)
  public void setUp() {
    batch = new RerouteCase(tokens, adapters, Made.threads());
  }

  @Benchmark
  public void fused() {
    batch.runFused();
  }

  @Benchmark
  public void unfused() {
    batch.runUnfused();
  }

  @TearDown(Level.Trial)
  public void tearDown() {
    batch.close();
  }
}
