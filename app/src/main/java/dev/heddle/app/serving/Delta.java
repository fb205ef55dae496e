package dev.heddle.app.serving;

import dev.heddle.app.speech.Piece;
import dev.heddle.runtime.FinishReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one choice has gained since the last delta of it.
 *
 * @param choice index over all prompts: prompt * n + choice of the prompt
 * @param opening nothing of this choice came before
 * @param first index of the first new token
 * @param offsets for each new token, where its text starts in the choice's text, in characters
 * @param said new text by what it means, without stop strings and special tokens; lags behind the
 *     tokens while it might be the beginning of a stop string, or while a call is not whole
 * @param finish why the choice ended, null if it goes on
 */
@SuppressWarnings("ArrayRecordComponent") // read once by the writer of the answer; never compared
record Delta(
    int choice,
    boolean opening,
    int first,
    int[] offsets,
    List<Piece> said,
    @Nullable FinishReason finish) {
  Delta {
    said = List.copyOf(said);
  }

  /** New text of the answer itself, without reasoning and calls of tools. */
  String text() {
    return Piece.content(said);
  }

  /** One past the index of the last new token. */
  int end() {
    return first + offsets.length;
  }
}
