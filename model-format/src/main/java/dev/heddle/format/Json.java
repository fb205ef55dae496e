package dev.heddle.format;

import java.math.BigDecimal;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.BigIntegerNode;
import tools.jackson.databind.node.LongNode;

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

  /**
   * Values, names and brackets of a configuration file or a request: a tree takes 100 bytes each.
   */
  static final int CONFIG_TOKENS = 400_000;

  /** The same of a list of tensors or a tokenizer. */
  static final int LISTING_TOKENS = 2_000_000;

  private static final JsonMapper CONFIG = mapper(CONFIG_TOKENS, true);

  /** For lists of tensors that clients send: a quarter of the heap at most, on small heaps. */
  private static final JsonMapper FILE_LISTING =
      mapper(
          Math.clamp(Runtime.getRuntime().maxMemory() / 4 / 100, CONFIG_TOKENS, LISTING_TOKENS),
          true);

  private static final JsonMapper LISTING = mapper(LISTING_TOKENS, true);

  private static final JsonMapper WRITTEN = mapper(CONFIG_TOKENS, false);

  private static JsonMapper mapper(int maxTokens, boolean uniqueKeys) {
    return JsonMapper.builder(
            JsonFactory.builder()
                .configure(StreamReadFeature.STRICT_DUPLICATE_DETECTION, uniqueKeys)
                // A shared table of names would fill with, and could be attacked by, an input's.
                .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .maxTokenCount(maxTokens)
                        .maxNumberLength(MAX_NUMBER)
                        .maxStringLength(TOKENIZER_BYTES)
                        .maxNameLength(1 << 16)
                        .build())
                .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
  }

  private Json() {}

  /**
   * Parses one JSON value.
   *
   * @param where what to call the input in a violation, e.g. the file's name
   * @throws FormatException {@code bad-utf8}, {@code duplicate-key} or {@code bad-json}
   */
  public static JsonNode parse(byte[] json, String where) {
    return parse(json, where, CONFIG);
  }

  /**
   * Parses one JSON value.
   *
   * @param where what to call the input in a violation
   * @throws FormatException {@code duplicate-key} or {@code bad-json}
   */
  public static JsonNode parse(String text, String where) {
    return parse(text, where, LISTING);
  }

  /**
   * Parses one JSON value that a model has written: of a key that is repeated the last value
   * counts, as nearly every reader has it.
   *
   * @param where what to call the input in a violation
   * @throws FormatException {@code bad-json}
   */
  public static JsonNode parseWritten(String text, String where) {
    return parse(text, where, WRITTEN);
  }

  private static JsonNode parse(byte[] json, String where, JsonMapper mapper) {
    return parse(InputFile.utf8(json, where), where, mapper);
  }

  private static JsonNode parse(String text, String where, JsonMapper mapper) {
    try {
      JsonNode value = mapper.readTree(text);
      if (value.isMissingNode()) {
        throw new FormatException("bad-json", where, "there is no JSON value");
      }
      return value;
    } catch (JacksonException e) {
      String reason = e.getOriginalMessage();
      String code = reason.startsWith("Duplicate") ? "duplicate-key" : "bad-json";
      var at = e.getLocation();
      String line = at == null ? "" : " (line " + at.getLineNr() + ")";
      throw new FormatException(code, where, words(reason) + line);
    }
  }

  /** The parser's words without those that are about the parser. */
  private static String words(String reason) {
    if (reason.startsWith("Unexpected end-of-input")) {
      return "it ends in the middle of a value";
    }
    if (reason.startsWith("Trailing token")) {
      return "something follows the value";
    }
    return reason
        .lines()
        .findFirst()
        .orElse("it is not JSON")
        .replaceAll("\\(code \\d+[^)]*\\)", "")
        .replaceAll("(a valid value )?\\(JSON String, Number, [^)]*\\)", "a value")
        .replaceAll("\\(\\(CTRL-CHAR, code \\d+\\)\\)", "(a control character)")
        .replaceAll(": maybe a \\(non-standard\\) comment.*", ": JSON has no comments")
        .replaceAll(",? ?(from|for)? `[^`]*`", "")
        .replaceAll(": enable +to allow", "")
        .replaceAll("\\s*\\(start marker at .*|\\[Source: .*", "")
        .replaceAll("\\s+\\)", ")")
        .strip();
  }

  /**
   * The value as an integer where it is one: JSON Schema takes {@code 4.0} and {@code 5e0} for the
   * integers they equal. Anything else is answered as it is.
   */
  public static JsonNode integral(JsonNode value) {
    if (!value.isFloatingPointNumber()) {
      return value;
    }
    double number = value.doubleValue();
    if (number != Math.rint(number) || Double.isInfinite(number)) {
      return value;
    }
    return Math.abs(number) < 0x1p63
        ? LongNode.valueOf((long) number)
        : BigIntegerNode.valueOf(new BigDecimal(number).toBigInteger());
  }

  /**
   * Reads and parses a file.
   *
   * @param maxBytes the most bytes that are read
   * @throws FormatException {@code empty-file}, and as {@link #parse(byte[], String)} and {@link
   *     InputFile#bytes}
   */
  public static JsonNode read(Path file, int maxBytes) {
    String name = String.valueOf(file.getFileName());
    byte[] json = InputFile.bytes(file, maxBytes);
    if (json.length == 0) {
      throw InputFile.empty(name);
    }
    return parse(json, name, maxBytes <= CONFIG_BYTES ? CONFIG : FILE_LISTING);
  }
}
