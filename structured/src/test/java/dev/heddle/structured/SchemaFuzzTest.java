package dev.heddle.structured;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Any schema compiles or is refused; what compiles can be finished. */
class SchemaFuzzTest {
  private static final JsonMapper JSON = new JsonMapper();

  @FuzzTest
  void any_schema_compiles_or_is_refused(byte[] data) {
    FuzzWalk.walk(data, SchemaFuzzTest::read);
  }

  /** The caller of the compiler has read the JSON. */
  private static @Nullable Structure read(String text) {
    try {
      return new Structure.JsonSchema(JSON.readTree(text));
    } catch (JacksonException notJson) {
      return null;
    }
  }
}
