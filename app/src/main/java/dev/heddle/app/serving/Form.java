package dev.heddle.app.serving;

import dev.heddle.structured.Constraint;
import dev.heddle.structured.Structure;

/**
 * What an answer has to look like.
 *
 * @param constraint the structure, compiled for the model's tokens
 */
record Form(Structure structure, Constraint constraint) {
  /** Whether the answer is a JSON value. */
  boolean isJson() {
    return structure instanceof Structure.JsonObject || structure instanceof Structure.JsonSchema;
  }
}
