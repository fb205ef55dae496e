package dev.heddle.app.config;

import dev.heddle.runtime.MemoryPlan;
import dev.heddle.runtime.ProcessMemory;
import dev.heddle.runtime.RuntimeConfig;
import java.util.function.ToDoubleFunction;
import org.springframework.util.unit.DataSize;

/** The engine's part of the settings. */
public final class RuntimeSettings {
  private RuntimeSettings() {}

  /**
   * @param tenantWeight share of a tenant relative to others'
   */
  public static RuntimeConfig of(
      HeddleProperties properties, ToDoubleFunction<String> tenantWeight) {
    HeddleProperties.Engine engine = properties.engine();
    return new RuntimeConfig(
        engine.backend(),
        engine.threads(),
        engine.weights(),
        properties.memory() == null ? 0 : properties.memory().toBytes(),
        engine.maxBatchTokens(),
        engine.maxSequences(),
        RuntimeConfig.logitRows(engine.maxBatchTokens(), engine.maxSequences()),
        properties.serving().queueLimit(),
        properties.serving().queueWait(),
        properties.serving().loadWait(),
        engine.maxContext(),
        engine.adapterRows(),
        engine.adapterSlots(),
        engine.loadThreads(),
        tenantWeight,
        process(properties));
  }

  /** What the process takes beside the engine. */
  private static ProcessMemory process(HeddleProperties properties) {
    DataSize hostCache = properties.serving().hostCache();
    return ProcessMemory.ofThisJvm(hostCache == null ? null : hostCache.toBytes());
  }

  /** Bytes of the host cache. */
  static long hostCache(HeddleProperties properties) {
    DataSize memory = properties.memory();
    long budget = memory == null ? MemoryPlan.defaultBudget() : memory.toBytes();
    return process(properties).hostCache(budget);
  }
}
