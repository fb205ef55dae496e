package dev.heddle.structured;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Compiles what a fuzzer made up, and walks through what compiles. */
final class FuzzWalk {
  private static final StructureLimits LIMITS =
      new StructureLimits(50_000, 500, 100, 32, 500, 1 << 20);
  private static final int STEPS = 50;

  private FuzzWalk() {}

  /**
   * The structure compiles or is refused; what compiles can be finished.
   *
   * @param data the source, then, after a byte 0, what to draw at each place
   * @param reader null where the source is none
   */
  static void walk(byte[] data, Function<String, @Nullable Structure> reader) {
    int end = 0;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    Structure structure = reader.apply(new String(data, 0, end, UTF_8));
    if (structure != null) {
      walk(structure, Arrays.copyOfRange(data, Math.min(end + 1, data.length), data.length));
    }
  }

  private static void walk(Structure structure, byte[] drawn) {
    Constraint constraint;
    try {
      constraint = Constraint.compile(structure, Bytes.VOCABULARY, LIMITS);
    } catch (StructureException refused) {
      return;
    }
    ConstraintState state = constraint.start();
    for (int i = 0; i < STEPS && !state.isEnded(); i++) {
      long[] mask = state.allowed();
      int token = i < drawn.length ? drawn[i] & 0xFF : 0;
      int tried = 0;
      while ((mask[token >> 6] >>> token & 1) == 0 && tried++ < 256) {
        token = (token + 1) % 256;
      }
      if (tried > 256) {
        if (state.isComplete() || constraint.overflowed()) {
          return;
        }
        throw new AssertionError("nothing may follow, and the text is not whole");
      }
      state.accept(token);
    }
  }
}
