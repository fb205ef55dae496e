package dev.heddle.app.speech;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What to look for in an answer.
 *
 * @param calls null where calls are text as any other
 */
public record SpeechSyntax(Thinking thinking, @Nullable Calls calls) {
  /** An answer that is nothing but content. */
  public static final SpeechSyntax PLAIN = new SpeechSyntax(Thinking.NONE, null);

  /** Where an answer's reasoning stands. */
  public enum Thinking {
    /** Nowhere. */
    NONE,
    /** Between {@code <think>} and {@code </think>} at its beginning, if it begins so. */
    MARKED,
    /** From its beginning to {@code </think>}: the prompt has the opening. */
    BEGUN
  }

  /**
   * Calls of tools.
   *
   * @param names of tools that there are: whatever names another is no call
   * @param parallel whether more than one may be called: the answer ends with the first otherwise
   * @param leading whether an answer that says anything else first calls nothing
   * @param certain whether the answer's form makes sure that what begins as a call becomes one,
   *     unless it is cut off; then a call is told while it is written
   */
  public record Calls(
      ToolFormat format, Set<String> names, boolean parallel, boolean leading, boolean certain) {
    public Calls {
      names = Set.copyOf(names);
    }

    /** Calls at any place of an answer that may be any text. */
    public Calls(ToolFormat format, Set<String> names, boolean parallel) {
      this(format, names, parallel, false, false);
    }
  }

  /** Whether the answer is nothing but content. */
  public boolean isPlain() {
    return thinking == Thinking.NONE && calls == null;
  }

  /** Texts that may be special tokens of the tokenizer and have to be seen all the same. */
  public List<String> marks() {
    List<String> marks = new ArrayList<>();
    if (thinking != Thinking.NONE) {
      marks.addAll(List.of(Thoughts.OPENING, Thoughts.CLOSING));
    }
    if (calls != null) {
      marks.addAll(calls.format().marks());
    }
    return marks;
  }

  /** A parser of one answer. */
  public SpeechParser parser() {
    ToolFormat format = calls == null ? ToolFormat.HERMES : calls.format();
    return parser(() -> format.newId(RandomIds.RANDOM));
  }

  /** As {@link #parser()}, with ids that the caller makes. */
  SpeechParser parser(Supplier<String> ids) {
    return new SpeechParser(this, ids);
  }

  /** Ids are not secrets; they only have to differ. */
  private static final class RandomIds {
    static final java.security.SecureRandom RANDOM = new java.security.SecureRandom();
  }
}
