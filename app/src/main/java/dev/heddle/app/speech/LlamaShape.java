package dev.heddle.app.speech;

import java.util.List;
import java.util.Set;

/** {@code {"name": …, "parameters": {…}}}. */
final class LlamaShape extends CallShape {
  private final JsonSpan json = new JsonSpan();

  @Override
  Fed feed(char c) {
    if (json.text().isEmpty()) {
      if (Character.isWhitespace(c)) {
        return Fed.MORE;
      }
      if (c != '{') {
        return Fed.BROKEN;
      }
    }
    if (!json.feed(c)) {
      return Fed.BROKEN;
    }
    return json.isWhole() ? Fed.CALL : Fed.MORE;
  }

  @Override
  List<CallText> take(Set<String> names) {
    return CallText.parse(json.text(), names);
  }
}
