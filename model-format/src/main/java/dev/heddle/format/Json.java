package dev.heddle.format;

import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as RFC 8259 has it and nothing beyond: strict UTF-8, no duplicate keys, at most {@value
 * #MAX_DEPTH} levels deep, numbers of at most {@value #MAX_NUMBER} characters, nothing after the
 * value. Thread-safe.
 */
public final class Json {
  /** Bytes that a configuration file may have. */
  public static final int CONFIG_BYTES = 1 << 20;

  /** Bytes that a list of tensors (a safetensors header, an index) may have. */
  public static final int LISTING_BYTES = 16 << 20;

  /** Bytes that a tokenizer may have. */
  public static final int TOKENIZER_BYTES = 16 << 20;

  static final int MAX_DEPTH = 64;
  static final int MAX_NUMBER = 100;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  // A shared table of names would fill with, and could be attacked by, an input's.
                  .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER)
                          .maxStringLength(TOKENIZER_BYTES)
                          .maxNameLength(1 << 16)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Json() {}

  /**
   * Parses one JSON value.
   *
   * @param where what to call the input in a violation, e.g. the file's name
   * @throws FormatException {@code bad-utf8}, {@code duplicate-key} or {@code bad-json}
   */
  public static JsonNode parse(byte[] json, String where) {
    return parse(InputFile.utf8(json, where), where);
  }

  /**
   * Parses one JSON value.
   *
   * @param where what to call the input in a violation
   * @throws FormatException {@code duplicate-key} or {@code bad-json}
   */
  public static JsonNode parse(String text, String where) {
    try {
      JsonNode value = MAPPER.readTree(text);
      if (value.isMissingNode()) {
        throw new FormatException("bad-json", where, "there is no JSON value");
      }
      return value;
    } catch (JacksonException e) {
      String reason = e.getOriginalMessage();
      String code = reason.startsWith("Duplicate") ? "duplicate-key" : "bad-json";
      var at = e.getLocation();
      String line = at == null ? "" : " (line " + at.getLineNr() + ")";
      throw new FormatException(code, where, reason.lines().findFirst().orElse("not JSON") + line);
    }
  }

  /**
   * Reads and parses a file.
   *
   * @param maxBytes the most bytes that are read
   * @throws FormatException as {@link #parse(byte[], String)} and {@link InputFile#bytes}
   */
  public static JsonNode read(Path file, int maxBytes) {
    return parse(InputFile.bytes(file, maxBytes), String.valueOf(file.getFileName()));
  }
}
