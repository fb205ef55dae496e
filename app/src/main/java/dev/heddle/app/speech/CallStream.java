package dev.heddle.app.speech;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads calls as the form of an answer makes them, character by character, and tells arguments
 * while they are written. One for each {@link CallShape}, which is fed the same characters.
 */
final class CallStream {
  private static final String NAME = "([a-zA-Z0-9_-]{1,64})";
  private static final Pattern JSON =
      Pattern.compile("\\{\"name\": \"" + NAME + "\", \"(?:arguments|parameters)\": $");
  private static final Pattern DEEPSEEK =
      Pattern.compile(
          "<｜tool▁call▁begin｜>(?:%1$s<｜tool▁sep｜>|function<｜tool▁sep｜>%1$s\\n```json\\n)$"
              .formatted(NAME));

  private final Pattern head;
  private final StringBuilder before = new StringBuilder();
  private @Nullable String name;
  private JsonSpan arguments = new JsonSpan();
  private int calls;

  CallStream(ToolFormat format) {
    head = format == ToolFormat.DEEPSEEK ? DEEPSEEK : JSON;
  }

  /** Takes a character; whether it belongs to the arguments of a call. */
  boolean feed(char c) {
    if (name == null && c == '{') {
      Matcher begun = head.matcher(before);
      if (begun.find()) {
        name = begun.group(begun.groupCount() == 1 || begun.group(1) != null ? 1 : 2);
        arguments = new JsonSpan();
        before.setLength(0);
        calls++;
      }
    }
    if (name == null) {
      before.append(c);
      return false;
    }
    arguments.feed(c);
    return true;
  }

  /** The call whose arguments are being written. */
  String name() {
    return name == null ? "" : name;
  }

  /** Whether the last character was the first of a call's arguments. */
  boolean begins() {
    return name != null && arguments.length() == 1;
  }

  /** Whether the last character was the last of a call's arguments; true once. */
  boolean takeEnd() {
    boolean ends = name != null && arguments.isWhole();
    name = ends ? null : name;
    return ends;
  }

  /** Calls that have begun. */
  int calls() {
    return calls;
  }
}
