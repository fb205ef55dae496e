package dev.heddle.app.speech;

import java.util.function.Consumer;

/**
 * Splits an answer into reasoning and the rest. Space around the reasoning belongs to neither; an
 * answer that begins with no reasoning keeps its space.
 */
final class Thoughts {
  static final String OPENING = "<think>";
  static final String CLOSING = "</think>";

  private enum At {
    /** Nothing but space, or part of the opening, has come. */
    BEGINNING,
    THOUGHT,
    /** Nothing but space has come since. */
    SPACE,
    ANSWER
  }

  private final Consumer<String> reasoning;
  private final Consumer<String> answer;
  private final StringBuilder pending = new StringBuilder();
  private At at;

  /** Some of the reasoning has been told. */
  private boolean told;

  Thoughts(boolean begun, Consumer<String> reasoning, Consumer<String> answer) {
    this.reasoning = reasoning;
    this.answer = answer;
    this.at = begun ? At.THOUGHT : At.BEGINNING;
  }

  void push(String text) {
    pending.append(text);
    if (at == At.BEGINNING) {
      begin();
    }
    if (at == At.THOUGHT) {
      think();
    }
    if (at == At.SPACE && skipSpace()) {
      at = At.ANSWER;
    }
    if (at == At.ANSWER) {
      tell(answer, pending.length());
    }
  }

  void end() {
    if (at == At.THOUGHT) {
      tell(reasoning, stripped(pending.length()));
    } else if (at != At.SPACE) {
      tell(answer, pending.length());
    }
    pending.setLength(0);
  }

  private void begin() {
    int from = firstOfText();
    int known = Math.min(OPENING.length(), pending.length() - from);
    if (!OPENING.startsWith(pending.substring(from, from + known))) {
      at = At.ANSWER;
    } else if (known == OPENING.length()) {
      pending.delete(0, from + known);
      at = At.THOUGHT;
    }
  }

  private void think() {
    if (!told) {
      skipSpace();
    }
    int end = pending.indexOf(CLOSING);
    if (end >= 0) {
      int text = stripped(end);
      tell(reasoning, text);
      pending.delete(0, end - text + CLOSING.length());
      at = At.SPACE;
      return;
    }
    int held = Math.min(CLOSING.length() - 1, pending.length());
    while (!CLOSING.startsWith(pending.substring(pending.length() - held))) {
      held--;
    }
    tell(reasoning, stripped(pending.length() - held));
  }

  /** Removes space at the beginning; returns whether anything else is there. */
  private boolean skipSpace() {
    pending.delete(0, firstOfText());
    return !pending.isEmpty();
  }

  private int firstOfText() {
    int first = 0;
    while (first < pending.length() && Character.isWhitespace(pending.charAt(first))) {
      first++;
    }
    return first;
  }

  /** The same end without the space before it. */
  private int stripped(int end) {
    int text = end;
    while (text > 0 && Character.isWhitespace(pending.charAt(text - 1))) {
      text--;
    }
    return text;
  }

  private void tell(Consumer<String> whom, int length) {
    if (length > 0) {
      told = true;
      whom.accept(pending.substring(0, length));
      pending.delete(0, length);
    }
  }
}
