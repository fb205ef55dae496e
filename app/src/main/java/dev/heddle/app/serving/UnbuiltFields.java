package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/**
 * Fields that OpenAI's API and other servers know and this one does not: an answer that ignored
 * them would be another one than was asked for, so they are refused by name, unless they say what
 * happens anyway.
 */
final class UnbuiltFields {
  /** What both endpoints refuse, with the values that change nothing. */
  private static final Map<String, Predicate<JsonNode>> COMMON =
      Map.ofEntries(
          // Other ways to draw a token.
          Map.entry("use_beam_search", UnbuiltFields::isFalse),
          Map.entry("length_penalty", value -> value.isNumber() && value.asDouble() == 1),
          Map.entry("early_stopping", UnbuiltFields::isFalse),
          Map.entry("do_sample", UnbuiltFields::isTrue),
          Map.entry("typical_p", value -> value.isNumber() && value.asDouble() == 1),
          Map.entry("no_repeat_ngram_size", value -> value.isNumber() && value.asDouble() == 0),
          Map.entry("suppress_tokens", UnbuiltFields::isEmpty),
          Map.entry("logits_processors", UnbuiltFields::isEmpty),
          Map.entry("thinking_token_budget", UnbuiltFields::never),
          // Other names of what is there.
          Map.entry("max_new_tokens", UnbuiltFields::never),
          // Other prompts, other texts.
          Map.entry("prompt_embeds", UnbuiltFields::never),
          Map.entry("skip_special_tokens", UnbuiltFields::isTrue),
          Map.entry("return_tokens_as_token_ids", UnbuiltFields::isFalse));

  private UnbuiltFields() {}

  static void refuse(Fields fields, int choices) {
    COMMON.forEach(fields::unsupported);
    fields.unsupported("best_of", value -> value.isNumber() && value.asDouble(-1) == choices);
    fields.unsupported(
        "adapter_id",
        UnbuiltFields::never,
        "is not supported by this server; name the adapter in 'model'");
  }

  static void refuseForChat(Fields fields) {
    fields.unsupported(
        "chat_template",
        UnbuiltFields::never,
        "is not taken from requests, since it decides which text becomes control tokens; the"
            + " model's own template is used");
    for (String name : List.of("functions", "documents")) {
      fields.unsupported(name, UnbuiltFields::isEmpty);
    }
    fields.unsupported("function_call", value -> is(value, "none"));
    fields.unsupported(
        "modalities", value -> value.isArray() && value.size() == 1 && is(value.get(0), "text"));
    for (String name : List.of("audio", "prediction", "web_search_options")) {
      fields.unsupported(name, UnbuiltFields::never);
    }
    fields.unsupported("echo", UnbuiltFields::isFalse);
    fields.unsupported("add_special_tokens", UnbuiltFields::isFalse);
  }

  static void refuseForCompletions(Fields fields) {
    fields.unsupported("suffix", value -> is(value, ""));
    fields.unsupported("add_special_tokens", UnbuiltFields::isTrue);
    fields.unsupported(
        "continue_final_message", UnbuiltFields::isFalse, "is for /v1/chat/completions alone");
    for (String name :
        List.of("add_generation_prompt", "chat_template", "chat_template_kwargs", "messages")) {
      fields.unsupported(name, UnbuiltFields::never, "is for /v1/chat/completions alone");
    }
  }

  private static boolean never(JsonNode value) {
    return false;
  }

  private static boolean isTrue(JsonNode value) {
    return value.isBoolean() && value.booleanValue();
  }

  private static boolean isFalse(JsonNode value) {
    return value.isBoolean() && !value.booleanValue();
  }

  private static boolean isEmpty(JsonNode value) {
    return value.isArray() && value.isEmpty();
  }

  private static boolean is(JsonNode value, String text) {
    return value.isString() && value.stringValue().equals(text);
  }
}
