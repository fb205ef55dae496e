package dev.heddle.model;

import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.ops.Ops;
import dev.heddle.tornado.DeviceProfile;
import dev.heddle.tornado.TestDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Where a step's time goes on the device: kernels of each operation, the rerouting's share, and the
 * rerouting in one kernel against three. {@code ./mvnw -Pstep-times -pl gpu-runtime-tornado -am
 * verify -DskipTests} prints it for the demo model with all its adapters.
 */
public final class StepTimes {
  private static final int ROUNDS = 20;
  private static final int[][] SHAPES = {{1, 1}, {4, 1}, {16, 1}, {1, 256}}; // sequences, tokens

  private StepTimes() {}

  public static void main(String[] arguments) throws IOException {
    Path demo = Path.of(System.getProperty("heddle.repo"), "demo");
    DeviceProfile.measure();
    try (ModelFolder folder = ModelFolder.open(demo.resolve("base"));
        Ops ops = TestDevice.open()) {
      long start = System.nanoTime();
      List<Path> adapters;
      try (var listed = Files.list(demo.resolve("adapters"))) {
        adapters = listed.sorted().toList();
      }
      int slots = MemoryEstimate.baseSlots(folder.shape()) + 64 * adapters.size();
      ModelLimits limits =
          new ModelLimits(
              256, 16, 16, 64, ModelLimits.BLOCK_TOKENS, 512, slots, 1 + adapters.size());
      MoeModel model = MoeModel.load(folder, ops, limits, Progress.NONE);
      int slot = model.baseSlots();
      for (int a = 0; a < adapters.size(); a++) {
        try (AdapterFolder adapter = AdapterFolder.open(adapters.get(a), folder)) {
          slot = AdapterLoader.load(model, adapter, a + 1, slot);
        }
      }
      System.out.printf(
          "%s: ready after %.1f s, compiling included%n",
          ops.deviceStats().device(), (System.nanoTime() - start) / 1e9);
      for (int[] shape : SHAPES) {
        print(model, ops, shape[0], shape[1], adapters.size() + 1);
      }
    }
    DeviceProfile.printRouting();
  }

  private static void print(MoeModel model, Ops ops, int sequences, int tokens, int rows) {
    MixedBatch batch = new MixedBatch(model);
    Random random = new Random(3);
    long kernels = 0;
    long wall = 0;
    Map<String, Long> before = Map.of();
    for (int round = -5; round < ROUNDS; round++) {
      if (round == 0) {
        kernels = ops.deviceStats().kernelNanos();
        wall = ops.deviceStats().passNanos();
        before = DeviceProfile.kernelNanos(ops);
      }
      for (int s = 0; s < sequences; s++) {
        int[] prompt = random.ints(tokens, 0, model.shape().vocabulary()).toArray();
        batch.add(s, s % rows, tokens == 1 ? 40 + Math.max(0, round) : 0, prompt);
      }
      batch.run();
    }
    double all = (ops.deviceStats().passNanos() - wall) / 1e6 / ROUNDS;
    double inKernels = (ops.deviceStats().kernelNanos() - kernels) / 1e6 / ROUNDS;
    System.out.printf(
        "%n%d sequences of %d tokens, base and %d adapters mixed: %.2f ms a step, %.2f in kernels%n",
        sequences, tokens, rows - 1, all, inKernels);
    Map<String, Long> then = before;
    DeviceProfile.kernelNanos(ops)
        .forEach((name, nanos) -> {
          double ms = (nanos - then.getOrDefault(name, 0L)) / 1e6 / ROUNDS;
          System.out.printf("  %-12s %8.3f ms %5.1f %%%n", name, ms, 100 * ms / inKernels);
        });
  }
}
