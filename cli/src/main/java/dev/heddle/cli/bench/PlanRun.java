package dev.heddle.cli.bench;

import dev.heddle.cli.FailedException;
import dev.heddle.model.WeightSource;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeConfig;
import dev.heddle.sample.SamplingParams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What an engine really has that was started in a budget, with adapters loaded.
 *
 * @param kvTokens room for so many in the KV blocks that it hands out
 * @param slots that hold adapters' experts
 * @param bytes by which the process's memory grew when the adapters were loaded
 */
record PlanRun(long kvTokens, int slots, long bytes) {
  private static final Path STATUS = Path.of("/proc/self/status");

  /**
   * Starts the engine and loads the mix's adapters, all at once resident.
   *
   * @throws FailedException if one cannot be loaded
   */
  static PlanRun of(WeightSource source, RuntimeConfig config, AdapterMix mix) {
    MadeAdapters adapters = new MadeAdapters(source, mix);
    try (InferenceRuntime runtime = BenchRuntime.start(config, source, adapters)) {
      long before = residentBytes();
      MadeAdapters.pin(runtime, adapters.own());
      long grew = residentBytes() - before;
      Answers.all(runtime, List.of(token())); // after a step the blocks are counted
      return new PlanRun(
          (long) runtime.stats().kvBlocksFree() * runtime.memoryPlan().blockTokens(),
          runtime.stats().slotsUsed() - runtime.memoryPlan().baseSlots(),
          grew);
    }
  }

  /** A request for one token, which gives back the block that it took. */
  private static GenerationRequest token() {
    return new GenerationRequest(
        "one", "plan", null, new int[] {0}, 1, 1, true, -1, -1, SamplingParams.GREEDY);
  }

  /** Memory of this process that is in use, outside files. */
  private static long residentBytes() {
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new FailedException(List.of(STATUS + ": " + e.getMessage()));
    }
  }
}
