package dev.heddle.structured;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any expression compiles or is refused; what compiles can be finished. */
class ExpressionFuzzTest {
  @FuzzTest
  void any_expression_compiles_or_is_refused(byte[] data) {
    FuzzWalk.walk(data, Structure.Regex::new);
  }
}
