package dev.heddle.structured;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Any schema, expression or grammar compiles or is refused; what compiles can be finished. */
class StructureFuzzTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final StructureLimits LIMITS =
      new StructureLimits(50_000, 500, 100, 32, 500, 1 << 20);

  @FuzzTest
  void schemas(FuzzedDataProvider data) {
    try {
      walk(new Structure.JsonSchema(JSON.readTree(data.consumeString(2_000))), data);
    } catch (JacksonException notJson) {
      // The caller of the compiler has read the JSON.
    }
  }

  @FuzzTest
  void expressions(FuzzedDataProvider data) {
    walk(new Structure.Regex(data.consumeString(200)), data);
  }

  @FuzzTest
  void grammars(FuzzedDataProvider data) {
    walk(new Structure.Grammar(data.consumeString(1_000)), data);
  }

  private static void walk(Structure structure, FuzzedDataProvider data) {
    Constraint constraint;
    try {
      constraint = Constraint.compile(structure, Bytes.VOCABULARY, LIMITS);
    } catch (StructureException refused) {
      return;
    }
    ConstraintState state = constraint.start();
    for (int i = 0; i < 50 && !state.isEnded(); i++) {
      long[] mask = state.allowed();
      int token = data.consumeInt(0, 255);
      int tried = 0;
      while ((mask[token >> 6] >>> token & 1) == 0 && tried++ < 256) {
        token = (token + 1) % 256;
      }
      if (tried > 256) {
        throw new AssertionError("nothing may follow, and the text is not whole");
      }
      state.accept(token);
    }
  }
}
