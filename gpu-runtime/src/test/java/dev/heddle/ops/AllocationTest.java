package dev.heddle.ops;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.format.testing.Shapes;
import dev.heddle.model.MemoryEstimate;
import dev.heddle.model.ModelLimits;
import dev.heddle.model.MoeModel;
import dev.heddle.model.Progress;
import dev.heddle.model.StepBatch;
import dev.heddle.ops.vector.VectorOps;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hot code allocates nothing: neither on the calling thread nor on the team's. */
class AllocationTest {
  private static final int PROMPT = 21;

  @ParameterizedTest
  @CsvSource({"1, deepseek_v2", "2, deepseek_v2", "2, mixtral"})
  void every_forward_operation_allocates_nothing(int threads, String family) {
    ModelShape shape = Shapes.random(family, new Random(1));
    try (VectorOps ops = new VectorOps(threads)) {
      SelfCheck layer = new SelfCheck(ops, shape, Precision.INT8);
      HotCalls.assertAllocateNothing(call -> layer.forward(call % 2 == 0 ? 1 : SelfCheck.TOKENS));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void a_whole_step_of_a_model_allocates_nothing(int threads, @TempDir Path temp) {
    try (VectorOps ops = new VectorOps(threads);
        ModelFolder folder =
            ModelFolder.open(CheckpointWriter.model(temp.resolve("base"), Shapes.tiny(), 1))) {
      int slots = MemoryEstimate.baseSlots(folder.shape());
      ModelLimits limits = new ModelLimits(PROMPT, 1, 1, 2, 16, 2 * 16, slots, 1);
      MoeModel model = MoeModel.load(folder, ops, limits, Progress.NONE);
      StepBatch prefill = step(model, 0, PROMPT);
      StepBatch decode = step(model, PROMPT, 1);
      HotCalls.assertAllocateNothing(call -> model.forward(call % 2 == 0 ? prefill : decode));
    }
  }

  /** Tokens of one sequence from a position on. */
  private static StepBatch step(MoeModel model, int position, int tokens) {
    StepBatch batch = model.newBatch();
    batch.sequenceCount = 1;
    batch.blockTables[0][1] = 1;
    for (int i = 0; i < tokens; i++) {
      batch.tokens[i] = i;
      batch.positions[i] = position + i;
      batch.kvSlots[i] = position + i;
    }
    batch.tokenCount = tokens;
    batch.logitTokens[batch.logitCount++] = tokens - 1;
    return batch;
  }
}
