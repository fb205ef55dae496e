package dev.heddle.app.client;

import tools.jackson.databind.JsonNode;

/** Fields of an answer as they are shown. */
final class AnswerFields {
  private AnswerFields() {}

  /** A field as text; empty if it is absent or null. */
  static String text(JsonNode item, String field) {
    JsonNode value = item.path(field);
    return value.isMissingNode() || value.isNull() ? "" : value.asString("");
  }
}
