package dev.heddle.format.text;

import java.util.Iterator;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tokenizer.json with some tokens spelled otherwise, each in its place and under its id, since
 * the library numbers added tokens by their places.
 */
final class RenamedTokens {
  private RenamedTokens() {}

  /**
   * @param definition a tokenizer.json, not changed
   * @param names new spelling by old one
   */
  static String of(JsonNode definition, Map<String, String> names) {
    ObjectNode renamed = (ObjectNode) definition.deepCopy();
    for (JsonNode token : renamed.path("added_tokens")) {
      String name = names.get(token.path("content").asString(""));
      if (name != null && token instanceof ObjectNode entry) {
        entry.put("content", name);
      }
    }
    if (renamed.path("model") instanceof ObjectNode model) {
      String unknown = names.get(model.path("unk_token").asString(""));
      if (unknown != null) {
        model.put("unk_token", unknown);
      }
      renameIn(model, names);
      dropMerges(model.path("merges"), names);
    }
    renamed.putNull("post_processor"); // names special tokens, and adds them
    return renamed.toString();
  }

  private static void renameIn(ObjectNode model, Map<String, String> names) {
    switch (model.path("vocab")) {
      case ObjectNode vocab ->
          names.forEach((spelling, name) -> {
            JsonNode id = vocab.remove(spelling);
            if (id != null) {
              vocab.set(name, id);
            }
          });
      case ArrayNode pieces -> { // of a Unigram model: [spelling, score] by id
        for (JsonNode piece : pieces) {
          String name = names.get(piece.path(0).asString(""));
          if (name != null && piece instanceof ArrayNode pair) {
            pair.set(0, name);
          }
        }
      }
      default -> {}
    }
  }

  /** Merges that make or use a renamed token: the library refuses those of unknown tokens. */
  private static void dropMerges(JsonNode merges, Map<String, String> names) {
    for (Iterator<JsonNode> each = merges.iterator(); each.hasNext(); ) {
      JsonNode merge = each.next();
      String[] parts =
          merge.isArray()
              ? new String[] {merge.path(0).asString(""), merge.path(1).asString("")}
              : merge.asString("").split(" ", 2);
      boolean uses = names.containsKey(parts[0]) || names.containsKey(parts[parts.length - 1]);
      if (uses || names.containsKey(String.join("", parts))) {
        each.remove();
      }
    }
  }
}
