package dev.heddle.format.text;

import dev.heddle.format.FormatException;
import dev.heddle.format.InputFile;
import dev.heddle.format.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** The files about text in a Hugging Face folder, by name. */
final class TextFiles {
  static final String TOKENIZER = "tokenizer.json";
  static final String CONFIG = "tokenizer_config.json";
  static final String SPECIAL_TOKENS = "special_tokens_map.json";
  static final String CHAT_TEMPLATE = "chat_template.jinja";

  /** Bytes that one of them may have; the largest published tokenizers take half of it. */
  private static final int MAX_BYTES = 64 << 20;

  private TextFiles() {}

  /**
   * The file's JSON; a missing node if there is no such file.
   *
   * @throws FormatException if it is not JSON
   */
  static JsonNode read(Path folder, String name) {
    return Files.isRegularFile(folder.resolve(name))
        ? Json.parse(text(folder, name), name)
        : MissingNode.getInstance();
  }

  /**
   * The file's text.
   *
   * @throws FormatException if it cannot be read or is not UTF-8
   */
  static String text(Path folder, String name) {
    return text(folder.resolve(name));
  }

  static String text(Path file) {
    return InputFile.text(file, MAX_BYTES);
  }
}
