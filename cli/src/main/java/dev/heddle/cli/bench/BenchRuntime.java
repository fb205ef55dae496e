package dev.heddle.cli.bench;

import dev.heddle.format.Digest;
import dev.heddle.model.WeightSource;
import dev.heddle.ops.Precision;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeConfig;
import java.io.IOException;

/** The whole engine over a base model alone, for measurements. */
public final class BenchRuntime {
  private BenchRuntime() {}

  /**
   * Starts it with its defaults; the caller closes it.
   *
   * @param precision what weights are kept as
   * @param backend as {@code --backend} takes it
   * @param threads at least 1
   */
  public static InferenceRuntime start(
      WeightSource source, Precision precision, String backend, int threads) {
    RuntimeConfig d = RuntimeConfig.defaults();
    RuntimeConfig config =
        new RuntimeConfig(
            backend,
            threads,
            precision,
            d.memoryBudget(),
            d.maxBatchTokens(),
            d.maxSequences(),
            d.logitRows(),
            d.queueLimit(),
            d.queueWait(),
            d.loadWait(),
            d.maxContext(),
            0,
            d.loadThreads(),
            d.tenantWeight(),
            d.process());
    Digest nobodys = new Digest("0".repeat(64));
    return InferenceRuntime.start(
        config,
        source,
        () -> nobodys,
        digest -> {
          throw new IOException("there are no adapters here");
        });
  }
}
