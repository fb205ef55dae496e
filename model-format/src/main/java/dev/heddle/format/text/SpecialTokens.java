package dev.heddle.format.text;

import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The special tokens that tokenizer_config.json or, in older folders, special_tokens_map.json names
 * ({@code bos_token}, {@code pad_token}, and whatever else ends so), and all that {@code
 * extra_special_tokens} names: a string, or an object with {@code content}.
 *
 * @param named spelling by field; templates see each under its field's name
 */
record SpecialTokens(Map<String, String> named) {
  static final SpecialTokens NONE = new SpecialTokens(Map.of());

  SpecialTokens {
    named = Map.copyOf(named);
  }

  static SpecialTokens read(Path folder) {
    Map<String, String> named = new TreeMap<>();
    JsonNode config = TextFiles.read(folder, TextFiles.CONFIG);
    add(TextFiles.read(folder, TextFiles.SPECIAL_TOKENS), "_token", named);
    add(config.path("extra_special_tokens"), "", named);
    add(config, "_token", named);
    return new SpecialTokens(named);
  }

  /** Those of a tokenizer_config.json alone. */
  static SpecialTokens of(JsonNode config) {
    Map<String, String> named = new TreeMap<>();
    add(config.path("extra_special_tokens"), "", named);
    add(config, "_token", named);
    return new SpecialTokens(named);
  }

  @Nullable String bos() {
    return named.get("bos_token");
  }

  @Nullable String eos() {
    return named.get("eos_token");
  }

  /** Adds the fields whose names end so. */
  private static void add(JsonNode fields, String ending, Map<String, String> named) {
    if (!fields.isObject()) {
      return; // a list has spellings only, no names
    }
    fields
        .properties()
        .forEach(field -> {
          JsonNode value = field.getValue();
          JsonNode name = value.isObject() ? value.path("content") : value;
          if (field.getKey().endsWith(ending) && name.isString()) {
            named.put(field.getKey(), name.asString());
          }
        });
  }
}
