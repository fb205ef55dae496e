package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import dev.heddle.format.CodePoints;
import dev.heddle.sample.SamplingParams;
import dev.heddle.sample.TokenRules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads what both endpoints' requests have in common. */
final class OptionsReader {
  static final int MAX_STOPS = 16;
  static final int MAX_BAD_WORDS = 256;
  static final int MAX_TEXT_CHARS = 256;
  private static final int MAX_PROMPT_LOGPROBS = 20;
  static final int MAX_TOKENS_BOUND = 1 << 24;

  private OptionsReader() {}

  /**
   * @param leastTokens smallest max_tokens the endpoint takes
   * @param logprobs as the endpoint spells them, already read
   */
  static Options read(Fields fields, RequestLimits limits, int leastTokens, int logprobs) {
    String model = fields.requiredString("model");
    boolean stream = fields.bool("stream", false);
    String user = fields.string("user");
    Integer maxTokens = maxTokens(fields, leastTokens);
    return new Options(
        model,
        user,
        maxTokens,
        sampling(fields, limits).withRules(rules(fields, limits, maxTokens)),
        choices(fields, limits),
        texts(fields, "stop", MAX_STOPS),
        fields.bool("include_stop_str_in_output", false),
        badWords(fields),
        stream,
        includeUsage(fields, stream),
        logprobs,
        fields.bool("ignore_eos", false),
        fields.bool("return_token_ids", false),
        promptLogprobs(fields, stream),
        truncatePrompt(fields),
        StructureFields.read(fields, limits.structures()));
  }

  private static TokenRules rules(
      Fields fields, RequestLimits limits, @Nullable Integer maxTokens) {
    int minTokens = fields.integer("min_tokens", 0, MAX_TOKENS_BOUND, 0);
    if (maxTokens != null && minTokens > maxTokens) {
      fields.fault("min_tokens", "must not be over 'max_tokens', which is " + maxTokens);
    }
    BitSet stops = TokenIds.set(fields, "stop_token_ids", limits.vocabulary());
    BitSet allowed = TokenIds.set(fields, "allowed_token_ids", limits.vocabulary());
    if (allowed != null && allowed.isEmpty()) {
      fields.fault("allowed_token_ids", "must not be empty");
    }
    return new TokenRules(minTokens, stops == null ? new BitSet() : stops, allowed, List.of());
  }

  private static List<String> badWords(Fields fields) {
    List<String> words = texts(fields, "bad_words", MAX_BAD_WORDS);
    if (words.stream().anyMatch(String::isBlank)) {
      fields.fault("bad_words", "must not hold a word of nothing but space");
    }
    return words;
  }

  private static int promptLogprobs(Fields fields, boolean stream) {
    int wanted = fields.integer("prompt_logprobs", 0, MAX_PROMPT_LOGPROBS, -1);
    if (wanted >= 0 && stream) {
      fields.fault("prompt_logprobs", "is not allowed when 'stream' is true");
    }
    return wanted;
  }

  private static @Nullable Integer truncatePrompt(Fields fields) {
    Integer most = fields.integer("truncate_prompt_tokens", -1, MAX_TOKENS_BOUND);
    if (most != null && most == 0) {
      fields.fault("truncate_prompt_tokens", "must be -1, or 1 or more");
    }
    return most;
  }

  private static @Nullable Integer maxTokens(Fields fields, int least) {
    Integer old = fields.integer("max_tokens", least, MAX_TOKENS_BOUND);
    Integer now = fields.integer("max_completion_tokens", least, MAX_TOKENS_BOUND);
    if (old != null && now != null && !old.equals(now)) {
      fields.fault("max_tokens", "differs from 'max_completion_tokens'; give one of them");
    }
    return now == null ? old : now;
  }

  /** How tokens are drawn. */
  static SamplingParams sampling(Fields fields, RequestLimits limits) {
    Long seed = fields.integer64("seed", Long.MIN_VALUE, Long.MAX_VALUE);
    return new SamplingParams(
        fields.number("temperature", 0, 2, 1),
        Math.max(0, fields.integer("top_k", -1, Integer.MAX_VALUE, 0)),
        // 0 keeps the most likely token alone, as the smallest positive share does.
        Math.max(Float.MIN_NORMAL, fields.number("top_p", 0, 1, 1)),
        fields.number("min_p", 0, 1, 0),
        repetitionPenalty(fields),
        fields.number("presence_penalty", -2, 2, 0),
        fields.number("frequency_penalty", -2, 2, 0),
        logitBias(fields, limits),
        seed == null ? ThreadLocalRandom.current().nextLong() : seed);
  }

  private static float repetitionPenalty(Fields fields) {
    float penalty = fields.number("repetition_penalty", 0, 10, 1);
    if (penalty == 0) {
      fields.fault("repetition_penalty", "must be over 0");
      return 1;
    }
    return penalty;
  }

  private static Map<Integer, Float> logitBias(Fields fields, RequestLimits limits) {
    JsonNode value = fields.find("logit_bias");
    Map<Integer, Float> biases = new HashMap<>();
    if (value == null) {
      return biases;
    }
    if (!(value instanceof ObjectNode object)) {
      fields.fault("logit_bias", "must be an object of token ids and numbers");
      return biases;
    }
    if (object.size() > limits.vocabulary()) {
      fields.fault("logit_bias", "must hold at most one entry for each token");
      return biases;
    }
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (fields.isFull()) {
        break;
      }
      String place = "logit_bias." + entry.getKey();
      Float bias = fields.number(place, entry.getValue(), -100, 100);
      int token = tokenId(entry.getKey(), limits.vocabulary());
      if (token < 0) {
        fields.fault(place, "is not a token id below " + limits.vocabulary());
      } else if (bias != null) {
        biases.put(token, bias);
      }
    }
    return biases;
  }

  private static int tokenId(String text, int vocabulary) {
    if (!text.matches("\\d{1,9}")) {
      return -1;
    }
    int id = Integer.parseInt(text);
    return id < vocabulary ? id : -1;
  }

  private static int choices(Fields fields, RequestLimits limits) {
    int choices = fields.integer("n", 1, limits.maxChoices(), 1);
    UnbuiltFields.refuse(fields, choices);
    return choices;
  }

  /** One text, or several, none of them empty. */
  static List<String> texts(Fields fields, String name, int most) {
    JsonNode value = fields.find(name);
    List<String> texts = new ArrayList<>();
    if (value == null) {
      return texts;
    }
    if (value.isString()) {
      addText(fields, name, value, texts);
    } else if (!value.isArray()) {
      fields.fault(name, "must be a string or an array of strings");
    } else if (value.size() > most) {
      fields.fault(name, "must hold at most " + most + " strings, holds " + value.size());
    } else {
      for (int i = 0; i < value.size(); i++) {
        addText(fields, name + "[" + i + "]", value.get(i), texts);
      }
    }
    return texts;
  }

  private static void addText(Fields fields, String place, JsonNode value, List<String> texts) {
    String text = fields.text(place, value);
    if (text == null) {
      return;
    }
    if (text.isEmpty() || CodePoints.count(text) > MAX_TEXT_CHARS) {
      fields.fault(place, "must have 1 to " + MAX_TEXT_CHARS + " characters");
      return;
    }
    texts.add(text);
  }

  private static boolean includeUsage(Fields fields, boolean stream) {
    Fields options = fields.object("stream_options");
    if (options == null) {
      return false;
    }
    if (!stream) {
      fields.fault("stream_options", "is only allowed when 'stream' is true");
    }
    return options.bool("include_usage", false);
  }
}
