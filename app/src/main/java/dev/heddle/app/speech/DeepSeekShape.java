package dev.heddle.app.speech;

import java.util.List;
import java.util.Set;

/**
 * Calls up to {@code <｜tool▁calls▁end｜>}, each {@code <｜tool▁call▁begin｜>…<｜tool▁call▁end｜>} with
 * {@code name<｜tool▁sep｜>{…}} in it, or {@code function<｜tool▁sep｜>name} and a block of JSON.
 */
final class DeepSeekShape extends CallShape {
  private static final String SEPARATOR = "<｜tool▁sep｜>";
  private static final int HEAD_MAX = 512;

  private enum At {
    BETWEEN,
    HEAD,
    ARGUMENTS,
    END,
    OVER
  }

  private At at = At.BETWEEN;
  private Mark begin = new Mark("<｜tool▁call▁begin｜>");
  private Mark over = new Mark("<｜tool▁calls▁end｜>");
  private StringBuilder head = new StringBuilder();
  private JsonSpan json = new JsonSpan();
  private Mark plainEnd = new Mark("<｜tool▁call▁end｜>");
  private Mark blockEnd = new Mark("```");

  @Override
  Fed feed(char c) {
    return switch (at) {
      case BETWEEN -> between(c);
      case HEAD -> head(c);
      case ARGUMENTS -> arguments(c);
      case END -> ended(c);
      case OVER -> Fed.BROKEN;
    };
  }

  private Fed between(char c) {
    boolean begins = begin.feed(c);
    boolean ends = over.feed(c);
    if (begin.isWhole() && begins) {
      at = At.HEAD;
      return Fed.MORE;
    }
    if (over.isWhole() && ends) {
      at = At.OVER;
      return Fed.OVER;
    }
    return begins || ends ? Fed.MORE : Fed.BROKEN;
  }

  private Fed head(char c) {
    if (c == '{' && head.indexOf(SEPARATOR) >= 0) {
      at = At.ARGUMENTS;
      return arguments(c);
    }
    if (head.length() == HEAD_MAX) {
      return Fed.BROKEN;
    }
    head.append(c);
    return Fed.MORE;
  }

  private Fed arguments(char c) {
    if (!json.feed(c)) {
      return Fed.BROKEN;
    }
    if (json.isWhole()) {
      at = At.END;
    }
    return Fed.MORE;
  }

  private Fed ended(char c) {
    if (isBlock() && !blockEnd.isWhole()) {
      return blockEnd.feed(c) ? Fed.MORE : Fed.BROKEN;
    }
    if (!plainEnd.feed(c)) {
      return Fed.BROKEN;
    }
    return plainEnd.isWhole() ? Fed.CALL : Fed.MORE;
  }

  private boolean isBlock() {
    return head.indexOf("```") >= 0;
  }

  @Override
  boolean mayEnd() {
    return at == At.END && (!isBlock() || blockEnd.isWhole());
  }

  @Override
  boolean isOver() {
    return at == At.OVER;
  }

  @Override
  List<CallText> take(Set<String> names) {
    int separator = head.indexOf(SEPARATOR);
    String before = head.substring(0, separator).strip();
    String after = head.substring(separator + SEPARATOR.length());
    String name = isBlock() ? after.lines().findFirst().orElse("").strip() : before;
    List<CallText> calls = CallText.parse(name, json.text(), names);
    at = At.BETWEEN;
    begin = new Mark("<｜tool▁call▁begin｜>");
    over = new Mark("<｜tool▁calls▁end｜>");
    head = new StringBuilder();
    json = new JsonSpan();
    plainEnd = new Mark("<｜tool▁call▁end｜>");
    blockEnd = new Mark("```");
    return calls;
  }
}
