package dev.heddle.structured;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any grammar compiles or is refused; what compiles can be finished. */
class GrammarFuzzTest {
  @FuzzTest
  void any_grammar_compiles_or_is_refused(byte[] data) {
    FuzzWalk.walk(data, Structure.Grammar::new);
  }
}
