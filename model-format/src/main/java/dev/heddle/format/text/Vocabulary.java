package dev.heddle.format.text;

import dev.heddle.format.FormatException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The tokens of a tokenizer.json by id, which of them are special, and its decoder. Immutable. */
final class Vocabulary {
  /** Ids at or above it are refused: no table is sized by a number that a file merely claims. */
  private static final int MAX_ID = 1 << 24;

  private final @Nullable String[] texts;
  private final BitSet specials;
  private final Map<String, Integer> ids;
  private final DecoderPlan decoder;

  private Vocabulary(
      @Nullable String[] texts, BitSet specials, Map<String, Integer> ids, DecoderPlan decoder) {
    this.texts = texts;
    this.specials = specials;
    this.ids = ids;
    this.decoder = decoder;
  }

  /**
   * @throws FormatException if an id is out of range or the decoder is not supported
   */
  static Vocabulary parse(JsonNode tokenizer) {
    Builder builder = new Builder();
    JsonNode vocab = tokenizer.path("model").path("vocab");
    for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
      builder.add(entry.getValue().asInt(-1), entry.getKey());
    }
    for (int id = 0; vocab.isArray() && id < vocab.size(); id++) {
      builder.add(id, vocab.path(id).path(0).asString(""));
    }
    for (JsonNode added : tokenizer.path("added_tokens")) {
      int id = added.path("id").asInt(-1);
      builder.add(id, added.path("content").asString(""));
      builder.specials.set(id, added.path("special").asBoolean(false));
    }
    return builder.build(DecoderPlan.parse(tokenizer.path("decoder")));
  }

  /** One more than the largest id. */
  int size() {
    return texts.length;
  }

  /** The token as the file spells it, or null if no token has this id. */
  @Nullable String text(int id) {
    return id >= 0 && id < texts.length ? texts[id] : null;
  }

  OptionalInt id(String text) {
    Integer id = ids.get(text);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  boolean isSpecial(int id) {
    return id >= 0 && specials.get(id);
  }

  DecoderPlan decoder() {
    return decoder;
  }

  private static final class Builder {
    private final List<@Nullable String> texts = new ArrayList<>();
    private final Map<String, Integer> ids = new HashMap<>();
    private final BitSet specials = new BitSet();

    void add(int id, String text) {
      if (id < 0 || id >= MAX_ID) {
        throw new FormatException(
            "bad-token-id", "tokenizer.json", "the id of token '" + text + "' is out of range");
      }
      while (texts.size() <= id) {
        texts.add(null);
      }
      texts.set(id, text);
      ids.put(text, id);
    }

    Vocabulary build(DecoderPlan decoder) {
      return new Vocabulary(texts.toArray(new @Nullable String[0]), specials, ids, decoder);
    }
  }
}
