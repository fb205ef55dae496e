package dev.heddle.format.text;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The names of the bos and eos tokens, as tokenizer_config.json or, in older folders,
 * special_tokens_map.json gives them: a string, or an object with {@code content}.
 */
record SpecialTokens(@Nullable String bos, @Nullable String eos) {
  static SpecialTokens read(Path folder) {
    JsonNode config = TextFiles.read(folder, TextFiles.CONFIG);
    JsonNode map = TextFiles.read(folder, TextFiles.SPECIAL_TOKENS);
    return new SpecialTokens(name("bos_token", config, map), name("eos_token", config, map));
  }

  private static @Nullable String name(String field, JsonNode config, JsonNode map) {
    JsonNode value = config.hasNonNull(field) ? config.path(field) : map.path(field);
    JsonNode name = value.isObject() ? value.path("content") : value;
    return name.isString() ? name.asString() : null;
  }
}
