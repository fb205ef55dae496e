package dev.heddle.cli.bench;

import dev.heddle.experts.AdapterCatalog;
import dev.heddle.format.Digest;
import dev.heddle.model.WeightSource;
import dev.heddle.ops.Precision;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.ProcessMemory;
import dev.heddle.runtime.RuntimeConfig;
import java.io.IOException;

/** The whole engine, for measurements. */
public final class BenchRuntime {
  /** The base model's, whose weights nobody looks at. */
  static final Digest BASE = new Digest("0".repeat(64));

  private BenchRuntime() {}

  /**
   * Starts it with its defaults over a base model alone; the caller closes it.
   *
   * @param precision what weights are kept as
   * @param backend as {@code --backend} takes it
   * @param threads at least 1
   */
  public static InferenceRuntime start(
      WeightSource source, Precision precision, String backend, int threads) {
    RuntimeConfig d = RuntimeConfig.defaults();
    return start(
        config(precision, backend, threads, 0, d.maxContext(), 0, 0, d.process()),
        source,
        digest -> {
          throw new IOException("there are no adapters here");
        });
  }

  /** Starts it over a base model and adapters; the caller closes it. */
  static InferenceRuntime start(RuntimeConfig config, WeightSource source, AdapterCatalog catalog) {
    return InferenceRuntime.start(config, source, () -> BASE, catalog);
  }

  /** The engine's defaults, but for what is given; see {@link RuntimeConfig}. */
  static RuntimeConfig config(
      Precision precision,
      String backend,
      int threads,
      long memory,
      int maxContext,
      int adapterRows,
      int adapterSlots,
      ProcessMemory process) {
    RuntimeConfig d = RuntimeConfig.defaults();
    return new RuntimeConfig(
        backend,
        threads,
        precision,
        memory,
        d.maxBatchTokens(),
        d.maxSequences(),
        d.logitRows(),
        d.queueLimit(),
        d.queueWait(),
        d.loadWait(),
        maxContext,
        adapterRows,
        adapterSlots,
        d.loadThreads(),
        d.tenantWeight(),
        process);
  }
}
