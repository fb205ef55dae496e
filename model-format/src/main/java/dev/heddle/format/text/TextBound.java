package dev.heddle.format.text;

import tools.jackson.databind.JsonNode;

/**
 * How long a text may be that has a number of tokens, as far as a tokenizer.json tells: tokenising
 * takes time by length, so what cannot fit is refused before.
 */
final class TextBound {
  /** NFC makes one character of up to four. */
  private static final int COMPOSED = 4;

  private TextBound() {}

  /**
   * The most UTF-16 units of a text for one of a token's own text; 0 if there is no bound, since
   * the tokenizer drops parts of a text (spaces, accents) or makes one token of many unknown
   * characters.
   */
  static int shortening(JsonNode tokenizer) {
    JsonNode model = tokenizer.path("model");
    boolean fusesUnknown =
        model.path("fuse_unk").asBoolean(false) && !model.path("byte_fallback").asBoolean(false);
    boolean known = model.path("type").asString("BPE").equals("BPE") && !fusesUnknown;
    return known && dropsNothing(tokenizer.path("pre_tokenizer"))
        ? ofNormalizer(tokenizer.path("normalizer"))
        : 0;
  }

  private static int ofNormalizer(JsonNode normalizer) {
    return switch (normalizer.path("type").asString("")) {
      case "", "NFD", "NFKD", "Lowercase", "Prepend", "ByteLevel" -> 1;
      case "NFC", "NFKC" -> COMPOSED;
      case "Replace" -> {
        String pattern = normalizer.path("pattern").path("String").asString("");
        boolean grows = normalizer.path("content").asString("").length() >= pattern.length();
        yield !pattern.isEmpty() && grows ? 1 : 0;
      }
      case "Sequence" -> {
        int product = 1;
        for (JsonNode part : normalizer.path("normalizers")) {
          product *= ofNormalizer(part);
        }
        yield product;
      }
      default -> 0;
    };
  }

  private static boolean dropsNothing(JsonNode splitter) {
    return switch (splitter.path("type").asString("")) {
      case "", "ByteLevel", "Metaspace", "Digits", "Punctuation", "Split", "UnicodeScripts" ->
          !splitter.path("behavior").asString("").equals("Removed");
      case "Sequence" -> {
        boolean none = true;
        for (JsonNode part : splitter.path("pretokenizers")) {
          none &= dropsNothing(part);
        }
        yield none;
      }
      default -> false;
    };
  }
}
