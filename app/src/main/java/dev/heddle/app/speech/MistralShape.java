package dev.heddle.app.speech;

import java.util.List;
import java.util.Set;

/**
 * {@code [{"name": …, "arguments": {…}}, …]}, or {@code name[ARGS]{…}} with the call's id between
 * the two or not.
 */
final class MistralShape extends CallShape {
  private static final String ARGUMENTS = "[ARGS]";
  private static final String ID = "[CALL_ID]";
  private static final int NAME_MAX = 256;

  private final StringBuilder name = new StringBuilder();
  private final JsonSpan json = new JsonSpan();

  @Override
  Fed feed(char c) {
    if (json.text().isEmpty()) {
      boolean list = name.isEmpty() && c == '[';
      boolean arguments = !name.isEmpty() && c == '{';
      if (!list && !arguments) {
        return named(c);
      }
    }
    if (!json.feed(c)) {
      return Fed.BROKEN;
    }
    return json.isWhole() ? Fed.CALL : Fed.MORE;
  }

  /** Takes a character before the arguments: of the name, or of a mark behind it. */
  private Fed named(char c) {
    if (name.isEmpty() && Character.isWhitespace(c)) {
      return Fed.MORE;
    }
    if (c == '{' || name.length() == NAME_MAX) {
      return Fed.BROKEN;
    }
    name.append(c);
    return Fed.MORE;
  }

  @Override
  List<CallText> take(Set<String> names) {
    if (name.isEmpty()) {
      return CallText.parse(json.text(), names);
    }
    String called = name.toString().strip();
    called =
        called.endsWith(ARGUMENTS) ? cut(called, called.length() - ARGUMENTS.length()) : called;
    called = called.contains(ID) ? cut(called, called.indexOf(ID)) : called;
    return CallText.parse(called, json.text(), names);
  }

  private static String cut(String text, int end) {
    return text.substring(0, end).strip();
  }
}
