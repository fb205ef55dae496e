package dev.heddle.app.serving;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * How a request wants its messages laid out.
 *
 * @param addGenerationPrompt whether the prompt ends where an answer of the model begins
 * @param continueFinalMessage whether the prompt ends with the last message's text, for the answer
 *     to go on from
 * @param variables other variables of the chat template, by name
 */
record ChatLayout(
    boolean addGenerationPrompt, boolean continueFinalMessage, Map<String, JsonNode> variables) {
  /** What every conversation gets that asks for nothing else. */
  static final ChatLayout ANSWER = new ChatLayout(true, false, Map.of());

  ChatLayout {
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
  }
}
