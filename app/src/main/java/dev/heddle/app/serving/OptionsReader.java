package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import dev.heddle.sample.SamplingParams;
import java.util.ArrayList;
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
  static final int MAX_STOP_CHARS = 256;
  private static final int MAX_TOKENS_BOUND = 1 << 24;

  /**
   * Fields of constrained decoding in other servers: an answer that ignored them would be wrong.
   */
  private static final List<String> CONSTRAINTS =
      List.of(
          "guided_json",
          "guided_regex",
          "guided_choice",
          "guided_grammar",
          "structured_outputs",
          "grammar",
          "json_schema");

  private OptionsReader() {}

  /**
   * @param leastTokens smallest max_tokens the endpoint takes
   * @param logprobs as the endpoint spells them, already read
   */
  static Options read(Fields fields, RequestLimits limits, int leastTokens, int logprobs) {
    String model = fields.requiredString("model");
    boolean stream = fields.bool("stream", false);
    String user = fields.string("user");
    CONSTRAINTS.forEach(name -> fields.unsupported(name, value -> false));
    return new Options(
        model,
        user,
        maxTokens(fields, leastTokens),
        sampling(fields, limits),
        choices(fields, limits),
        stops(fields),
        stream,
        includeUsage(fields, stream),
        logprobs,
        fields.bool("ignore_eos", false),
        fields.bool("return_token_ids", false));
  }

  private static @Nullable Integer maxTokens(Fields fields, int least) {
    Integer old = fields.integer("max_tokens", least, MAX_TOKENS_BOUND);
    Integer now = fields.integer("max_completion_tokens", least, MAX_TOKENS_BOUND);
    if (old != null && now != null && !old.equals(now)) {
      fields.fault("max_tokens", "differs from 'max_completion_tokens'; give one of them");
    }
    return now == null ? old : now;
  }

  private static SamplingParams sampling(Fields fields, RequestLimits limits) {
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
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
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
    fields.unsupported("best_of", value -> value.isIntegralNumber() && value.asLong(-1) == choices);
    fields.unsupported("use_beam_search", value -> value.isBoolean() && !value.booleanValue());
    return choices;
  }

  private static List<String> stops(Fields fields) {
    JsonNode value = fields.find("stop");
    List<String> stops = new ArrayList<>();
    if (value == null) {
      return stops;
    }
    if (value.isString()) {
      addStop(fields, "stop", value, stops);
    } else if (!value.isArray()) {
      fields.fault("stop", "must be a string or an array of strings");
    } else if (value.size() > MAX_STOPS) {
      fields.fault("stop", "must hold at most " + MAX_STOPS + " strings, holds " + value.size());
    } else {
      for (int i = 0; i < value.size(); i++) {
        addStop(fields, "stop[" + i + "]", value.get(i), stops);
      }
    }
    return stops;
  }

  private static void addStop(Fields fields, String place, JsonNode value, List<String> stops) {
    String stop = fields.text(place, value);
    if (stop == null) {
      return;
    }
    if (stop.isEmpty() || stop.length() > MAX_STOP_CHARS) {
      fields.fault(place, "must have 1 to " + MAX_STOP_CHARS + " characters");
      return;
    }
    stops.add(stop);
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
