package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to {@code /v1/completions}.
 *
 * @param prompts at least one; each is answered {@code options.choices()} times
 * @param echo the answer begins with the prompt
 */
record CompletionRequest(Options options, List<Prompt> prompts, boolean echo) {
  private static final int MAX_LOGPROBS = 20;

  /** What to continue. */
  sealed interface Prompt {
    /** Text still to be tokenised. */
    record Text(String text) implements Prompt {}

    /** Token ids, all within the vocabulary. */
    @SuppressWarnings("ArrayRecordComponent") // ids go to the engine as they are; never compared
    record Tokens(int[] ids) implements Prompt {}
  }

  CompletionRequest {
    prompts = List.copyOf(prompts);
  }

  /**
   * @throws dev.heddle.app.error.ApiException naming every fault of the request
   */
  static CompletionRequest read(ObjectNode body, RequestLimits limits) {
    Fields fields = new Fields(body);
    int logprobs = fields.integer("logprobs", 0, MAX_LOGPROBS, -1);
    boolean echo = fields.bool("echo", false);
    Options options = OptionsReader.read(fields, limits, echo ? 0 : 1, logprobs);
    UnbuiltFields.refuseForCompletions(fields);
    List<Prompt> prompts = prompts(fields, limits);
    if ((long) prompts.size() * options.choices() > limits.maxChoices()) {
      fields.fault(
          "prompt",
          "and 'n' ask for "
              + (long) prompts.size() * options.choices()
              + " answers, over the limit of "
              + limits.maxChoices());
    }
    fields.throwFaults();
    return new CompletionRequest(options, prompts, echo);
  }

  private static List<Prompt> prompts(Fields fields, RequestLimits limits) {
    JsonNode value = fields.find("prompt");
    if (value == null) {
      fields.fault("prompt", "is required");
      return List.of();
    }
    if (!value.isArray()) {
      Prompt prompt = text(fields, "prompt", value);
      return prompt == null ? List.of() : List.of(prompt);
    }
    if (value.isEmpty()) {
      fields.fault("prompt", "must not be empty");
      return List.of();
    }
    if (value.get(0).isNumber()) {
      Prompt prompt = tokens(fields, "prompt", value, limits);
      return prompt == null ? List.of() : List.of(prompt);
    }
    if (value.size() > limits.maxChoices()) {
      fields.fault("prompt", "must hold at most " + limits.maxChoices() + " prompts");
      return List.of();
    }
    List<Prompt> prompts = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      String place = "prompt[" + i + "]";
      JsonNode element = value.get(i);
      Prompt prompt =
          element.isArray() ? tokens(fields, place, element, limits) : text(fields, place, element);
      if (prompt != null) {
        prompts.add(prompt);
      }
    }
    return prompts;
  }

  private static @Nullable Prompt text(Fields fields, String place, JsonNode value) {
    if (!value.isString()) {
      fields.fault(place, "must be a string, token ids, or an array of either");
      return null;
    }
    String text = fields.text(place, value);
    return text == null ? null : new Prompt.Text(text);
  }

  private static @Nullable Prompt tokens(
      Fields fields, String place, JsonNode value, RequestLimits limits) {
    if (value.isEmpty()) {
      fields.fault(place, "must not be empty");
      return null;
    }
    int[] ids = TokenIds.read(fields, place, value, limits.vocabulary());
    return ids == null ? null : new Prompt.Tokens(ids);
  }
}
