package dev.heddle.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BreaksTest {
  private static final String DOCUMENT =
      """
      {"paths": {"/looms/{name}": {"put": {
         "x-heddle-scopes": ["adapters", "admin"],
         "parameters": [
           {"name": "name", "in": "path", "required": true, "schema": {"type": "string", "maxLength": 63}},
           {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1}}],
         "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}},
         "responses": {
           "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Loom"}}}},
           "404": {"content": {}}}}}},
       "components": {"schemas": {
         "New": {"type": "object", "required": ["label"], "properties": {
           "label": {"type": "string"},
           "width": {"type": ["integer", "null"]},
           "kind": {"type": "string", "enum": ["table", "floor"]}}},
         "Loom": {"type": "object", "required": ["label", "state"], "properties": {
           "label": {"type": "string"},
           "state": {"type": "string", "enum": ["idle"]},
           "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Loom"}}}}}}}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"put\": | {\"post\": | removed",
        "\"404\" | \"410\" | 404: removed",
        "\"name\": \"limit\" | \"name\": \"size\" | query limit: removed",
        "\"in\": \"query\", | \"in\": \"query\", \"required\": true, | query limit: required now",
        "\"maxLength\": 63 | \"maxLength\": 9 | path name: maxLength is 9",
        "\"minimum\": 1 | \"minimum\": 2 | query limit: minimum is 2",
        "\"requestBody\": { | \"requestBody\": {\"required\": true, | body: required now",
        "\"required\": [\"label\"] | \"required\": [\"label\", \"kind\"] | body.kind: required now",
        "[\"integer\", \"null\"] | [\"integer\"] | body.width: type was",
        "\"enum\": [\"table\", \"floor\"] | \"enum\": [\"table\"] | body.kind: takes only [table]",
        "\"label\", \"state\"] | \"state\"] | 200.label: may be absent",
        "\"state\": {\"type\": \"string\" | \"state\": {\"type\": [\"string\", \"null\"] | 200.state: type was",
        "\"parts\": | \"pieces\": | 200.parts: removed",
        "[\"adapters\", \"admin\"] | [\"admin\"] | the scope \"adapters\" opens it no more",
      })
  void what_is_taken_from_clients_is_a_break(String part, String by, String expected) {
    assertThat(DOCUMENT).contains(part);

    List<String> breaks = Breaks.between(json(DOCUMENT), json(DOCUMENT.replace(part, by)));

    assertThat(breaks).anySatisfy(found -> assertThat(found).contains(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "\"width\": {\"type\": [\"integer\", \"null\"]} | \"width\": {\"type\": [\"integer\", \"null\", \"string\"]}",
        "\"enum\": [\"idle\"] | \"enum\": [\"idle\", \"busy\"]",
        "\"enum\": [\"table\", \"floor\"] | \"enum\": [\"table\", \"floor\", \"rigid\"]",
        "\"required\": [\"label\"], | ~~",
        "\"404\": | \"409\": {}, \"404\":",
        "{\"paths\": { | {\"paths\": {\"/spools\": {\"get\": {}},",
      })
  void what_is_given_to_clients_is_none(String part, String by) {
    assertThat(DOCUMENT).contains(part);

    assertThat(Breaks.between(json(DOCUMENT), json(DOCUMENT.replace(part, by)))).isEmpty();
  }

  @Test
  void a_document_does_not_break_itself() {
    assertThat(Breaks.between(json(DOCUMENT), json(DOCUMENT))).isEmpty();
  }

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }
}
