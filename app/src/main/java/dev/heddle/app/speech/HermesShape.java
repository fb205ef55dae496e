package dev.heddle.app.speech;

import java.util.List;
import java.util.Set;

/** {@code {"name": …, "arguments": {…}}</tool_call>}. */
final class HermesShape extends CallShape {
  private final JsonSpan json = new JsonSpan();
  private final Mark end = new Mark("</tool_call>");

  @Override
  Fed feed(char c) {
    if (json.isWhole()) {
      return !end.feed(c) ? Fed.BROKEN : end.isWhole() ? Fed.CALL : Fed.MORE;
    }
    if (json.text().isEmpty()) {
      if (Character.isWhitespace(c)) {
        return Fed.MORE;
      }
      if (c != '{') {
        return Fed.BROKEN;
      }
    }
    return json.feed(c) ? Fed.MORE : Fed.BROKEN;
  }

  @Override
  boolean mayEnd() {
    return json.isWhole();
  }

  @Override
  List<CallText> take(Set<String> names) {
    return CallText.parse(json.text(), names);
  }
}
