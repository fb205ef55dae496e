package dev.heddle.app.speech;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds calls in what an answer says, character by character. Space before a call, between calls
 * and after the last one belongs to none of them and is left out. What begins as a call and goes on
 * as none is content, up to where that shows. Where calls are certain, they are told as they come.
 */
final class CallFinder {
  private final SpeechSyntax.Calls syntax;
  private final Supplier<String> ids;
  private final Consumer<Piece> out;

  /** Space that is content only if more of it follows. */
  private final StringBuilder space = new StringBuilder();

  /** What may be a call, from its beginning; part of the opening while there is no shape. */
  private final StringBuilder held = new StringBuilder();

  private final StringBuilder content = new StringBuilder();
  private @Nullable CallShape shape;

  /** Reads what the shape reads, where calls are certain. */
  private @Nullable CallStream stream;

  /** Of the call that is told as it comes, and what of its arguments is not told yet. */
  private String id = "";

  private String name = "";
  private final StringBuilder arguments = new StringBuilder();
  private boolean spoke;
  private boolean called;

  CallFinder(SpeechSyntax.Calls syntax, Supplier<String> ids, Consumer<Piece> out) {
    this.syntax = syntax;
    this.ids = ids;
    this.out = out;
  }

  boolean called() {
    return called;
  }

  boolean isOver() {
    return called && !syntax.parallel();
  }

  void push(String text) {
    for (int i = 0; i < text.length() && !isOver(); i++) {
      take(text.charAt(i));
    }
    tellContent();
    tellArguments();
  }

  /** The answer has ended. */
  void end() {
    CallShape reading = shape;
    if (reading != null && reading.mayEnd() && !isOver()) {
      tellCalls(reading);
    }
    if (isStreamed()) {
      held.setLength(0); // the rest of a call that was cut off
    }
    boolean blank = held.toString().isBlank();
    if (!held.isEmpty() && !(called && blank)) {
      say(held);
    } else if (!called) {
      content.append(space);
    }
    space.setLength(0);
    tellContent();
  }

  private void take(char c) {
    CallShape reading = shape;
    if (reading == null) {
      look(c);
      return;
    }
    CallShape.Fed fed = reading.feed(c);
    stream(c);
    switch (fed) {
      case MORE -> held.append(c);
      case CALL -> {
        held.append(c);
        tellCalls(reading);
        if (reading.isOver()) {
          close();
        }
      }
      case OVER -> {
        held.append(c);
        leave();
      }
      case BROKEN -> {
        giveUp();
        close();
        look(c);
      }
    }
  }

  /** Whether the calls that the shape reads are told as they come. */
  private boolean isStreamed() {
    return stream != null && stream.calls() > 0;
  }

  private void stream(char c) {
    CallStream calls = stream;
    if (calls == null || !calls.feed(c)) {
      return;
    }
    if (calls.begins()) {
      tellContent();
      space.setLength(0);
      id = ids.get();
      name = calls.name();
      out.accept(new Piece.Call(id, name, ""));
    }
    arguments.append(c);
    if (calls.takeEnd()) {
      tellArguments();
    }
  }

  private void tellArguments() {
    if (!arguments.isEmpty()) {
      out.accept(new Piece.Call(id, name, arguments.toString()));
      arguments.setLength(0);
    }
  }

  /** All calls have come; what follows them is theirs, if there is one. */
  private void leave() {
    if (called) {
      held.setLength(0);
    } else {
      say(held);
    }
    close();
  }

  /** What is held is no call: content, unless it was told as part of one. */
  private void giveUp() {
    if (isStreamed()) {
      held.setLength(0);
    } else {
      say(held);
    }
  }

  private void close() {
    shape = null;
    stream = null;
  }

  /** Takes a character that is in no call yet. */
  private void look(char c) {
    String opening = syntax.format().opening();
    held.append(c);
    // What is held is a beginning of the opening, or becomes one as its first characters leave it.
    while (!held.isEmpty() && !(mayOpen() && opening.startsWith(held.toString()))) {
      char first = held.charAt(0);
      if (held.length() == 1 && opensBare(first)) {
        open().feed(first);
        stream(first);
        return;
      }
      held.deleteCharAt(0);
      if (Character.isWhitespace(first) || isSeparator(first)) {
        space.append(first);
      } else {
        say(new StringBuilder().append(first));
      }
    }
    if (held.length() == opening.length()) {
      open();
    }
  }

  private CallShape open() {
    CallShape opened = syntax.format().shape();
    shape = opened;
    stream = syntax.certain() ? new CallStream(syntax.format()) : null;
    return opened;
  }

  private boolean mayOpen() {
    return !spoke || !syntax.leading();
  }

  private boolean opensBare(char c) {
    return c == '{' && syntax.format().opensBare() && !spoke;
  }

  /** Llama separates calls so. */
  private boolean isSeparator(char c) {
    return c == ';' && called && syntax.format().opensBare();
  }

  /** Content, and the space before it; empties the text. */
  private void say(StringBuilder text) {
    content.append(space).append(text);
    space.setLength(0);
    text.setLength(0);
    spoke = true;
  }

  private void tellCalls(CallShape from) {
    List<CallText> calls = from.take(syntax.names());
    if (isStreamed()) {
      held.setLength(0);
      called = true;
      return;
    }
    if (calls.isEmpty()) {
      say(held);
      return;
    }
    held.setLength(0);
    space.setLength(0);
    tellContent();
    for (CallText call : syntax.parallel() ? calls : calls.subList(0, 1)) {
      out.accept(new Piece.Call(ids.get(), call.name(), call.arguments()));
    }
    called = true;
  }

  private void tellContent() {
    if (!content.isEmpty()) {
      out.accept(new Piece.Content(content.toString()));
      content.setLength(0);
    }
  }
}
