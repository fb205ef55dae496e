package dev.heddle.app.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes an answer's text apart as it comes. The pieces, joined, are the same however the text is
 * cut. A call is told when it is whole; one that is broken off, is no JSON or names no tool that
 * there is, is content. Where the answer's form makes calls certain, they are told as they come.
 * Takes time by the length of the text. One for each answer, used by one thread at a time. Made by
 * {@link SpeechSyntax#parser()}.
 */
public final class SpeechParser {
  private final @Nullable Thoughts thoughts;
  private final @Nullable CallFinder calls;
  private final List<Piece> out = new ArrayList<>();

  SpeechParser(SpeechSyntax syntax, Supplier<String> ids) {
    this.thoughts =
        syntax.thinking() == SpeechSyntax.Thinking.NONE
            ? null
            : new Thoughts(
                syntax.thinking() == SpeechSyntax.Thinking.BEGUN,
                text -> out.add(new Piece.Reasoning(text)),
                this::content);
    this.calls = syntax.calls() == null ? null : new CallFinder(syntax.calls(), ids, out::add);
  }

  /** Takes the next text; returns what is definite now. */
  public List<Piece> push(String text) {
    if (text.isEmpty() || isOver()) {
      return List.of();
    }
    if (thoughts == null) {
      content(text);
    } else {
      thoughts.push(text);
    }
    return taken();
  }

  /** What was held back, when no text follows. */
  public List<Piece> end() {
    if (thoughts != null) {
      thoughts.end();
    }
    if (calls != null) {
      calls.end();
    }
    return taken();
  }

  /** Whether the answer ends here, whatever follows: it has called the one tool it may. */
  public boolean isOver() {
    return calls != null && calls.isOver();
  }

  /** Whether the answer has called a tool. */
  public boolean called() {
    return calls != null && calls.called();
  }

  private void content(String text) {
    if (calls == null) {
      out.add(new Piece.Content(text));
    } else {
      calls.push(text);
    }
  }

  private List<Piece> taken() {
    List<Piece> taken = Piece.joined(out);
    out.clear();
    return taken;
  }
}
