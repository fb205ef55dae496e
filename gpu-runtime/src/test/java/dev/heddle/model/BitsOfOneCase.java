package dev.heddle.model;

import dev.heddle.format.model.ModelFolder;
import dev.heddle.ops.Ops;
import java.util.Arrays;

/** Prints a hash of the bits of some logits; run in a JVM of its own by {@link InterpretedTest}. */
final class BitsOfOneCase {
  private BitsOfOneCase() {}

  public static void main(String[] arguments) {
    System.out.println("bits " + hash(arguments[0], arguments[1], 1));
  }

  /** The hash after {@code repeats} runs, which are to make the compiler compile. */
  static int hash(String name, String backend, int repeats) {
    try (OracleCase oracle = new OracleCase(name);
        ModelFolder folder = ModelFolder.open(oracle.model());
        Ops ops = Backends.open(backend)) {
      MoeModel model = OracleModel.load(folder, ops);
      int hash = 0;
      for (int i = 0; i < repeats; i++) {
        float[] logits = new SequenceRunner(model, 0, 16).append(new int[] {3, 1, 4});
        hash = Arrays.hashCode(ChunkingTest.bits(new float[][] {logits})[0]);
      }
      return hash;
    }
  }
}
