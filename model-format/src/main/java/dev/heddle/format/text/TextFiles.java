package dev.heddle.format.text;

import dev.heddle.format.FormatException;
import dev.heddle.format.InputFile;
import dev.heddle.format.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** The JSON files about text in a Hugging Face folder, by name. */
final class TextFiles {
  static final String TOKENIZER = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL_TOKENS = "special_tokens_map.json";
  static final String CHAT_TEMPLATE = "chat_template.jinja";

  private TextFiles() {}

  /** The file's JSON; a missing node if there is no such file. */
  static JsonNode read(Path folder, String name) {
    Path file = folder.resolve(name);
    return Files.isRegularFile(file)
        ? Json.read(file, Json.TOKENIZER_BYTES)
        : MissingNode.getInstance();
  }

  /**
   * The file's text.
   *
   * @throws FormatException if it is not UTF-8, too large, or not there
   */
  static String text(Path folder, String name) {
    return InputFile.text(folder.resolve(name), Json.TOKENIZER_BYTES);
  }
}
