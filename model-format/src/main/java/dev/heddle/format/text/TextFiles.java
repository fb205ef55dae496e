package dev.heddle.format.text;

import dev.heddle.format.FormatException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** The JSON files about text in a Hugging Face folder, by name. */
final class TextFiles {
  static final String TOKENIZER = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL_TOKENS = "special_tokens_map.json";
  static final String CHAT_TEMPLATE = "chat_template.jinja";

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private TextFiles() {}

  /** The file's JSON; a missing node if there is no such file. */
  static JsonNode read(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file) ? parse(text(folder, name), name) : MissingNode.getInstance();
  }

  /**
   * The file's text.
   *
   * @throws FormatException if it is not UTF-8
   */
  static String text(Path folder, String name) throws IOException {
    try {
      return Files.readString(folder.resolve(name));
    } catch (CharacterCodingException e) {
      throw new FormatException("bad-utf8", name, "the file is not UTF-8");
    }
  }

  /**
   * @throws FormatException if it is not JSON
   */
  static JsonNode parse(String json, String name) {
    try {
      return MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new FormatException("bad-json", name, String.valueOf(e.getOriginalMessage()));
    }
  }
}
