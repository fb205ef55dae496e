package dev.heddle.structured;

import java.nio.charset.StandardCharsets;

/** A vocabulary in which every byte is a token, and what can be written with it. */
final class Bytes {
  static final TokenVocabulary VOCABULARY =
      TokenVocabulary.of(
          257, id -> id < 256 ? new byte[] {(byte) id} : "<eos>".getBytes(), id -> id == 256, 256);

  private Bytes() {}

  static Constraint compile(Structure structure) {
    return Constraint.compile(structure, VOCABULARY, StructureLimits.DEFAULT);
  }

  static boolean takes(Constraint constraint, String text) {
    ConstraintState state = constraint.start();
    return state.accept(text.getBytes(StandardCharsets.UTF_8)) && state.isComplete();
  }

  static boolean takes(Structure structure, String text) {
    return takes(compile(structure), text);
  }
}
