package dev.heddle.app.serving;

import dev.heddle.app.speech.Piece;
import dev.heddle.app.speech.SpeechParser;
import dev.heddle.format.CodePoints;
import dev.heddle.format.text.StreamingDecoder;
import dev.heddle.runtime.ChoiceOutput;
import dev.heddle.runtime.FinishReason;
import dev.heddle.sample.TokenRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads one choice as it grows: tokens become text, and the choice is stopped where a stop string
 * is complete. Tokens that the engine produced beyond it are neither shown nor counted. Used by one
 * thread at a time.
 */
final class ChoiceReader {
  /** Most tokens of a delta: one of a slow client, with logprobs, is not to fill the heap. */
  private static final int TOKENS_MAX = 64;

  private final int choice;
  private final ChoiceOutput output;
  private final AnswerHead head;
  private final Options options;
  private final StreamingDecoder decoder;
  private final StopMatcher stops;
  private final SpeechParser speech;

  /** Special tokens that have a text here. */
  private final BitSet marks;

  /** Whether to report tokens even while they have no text yet, because the answer shows tokens. */
  private final boolean everyToken;

  private int taken;

  /** {@link #taken}, for other threads. */
  private volatile int told;

  /** Code points so far, as clients count characters. */
  private int chars;

  private boolean opened;
  private @Nullable FinishReason finish;

  ChoiceReader(int choice, ChoiceOutput output, AnswerHead head) {
    this.choice = choice;
    this.output = output;
    this.head = head;
    this.options = head.options();
    this.decoder = head.newDecoder();
    this.speech = head.speech().parser();
    this.marks = marks(head);
    this.stops = new StopMatcher(options.stops(), options.includeStop());
    this.everyToken = options.tokenIds() || options.logprobs() >= 0;
  }

  /**
   * Tokens read so far, the one that completed a stop string and an end-of-sequence included. Any
   * thread.
   */
  int tokens() {
    return told;
  }

  boolean ended() {
    return finish != null;
  }

  /** Why the choice ended, null while it has not been read to its end. */
  @Nullable FinishReason finish() {
    return finish;
  }

  /** Whether the answer has called a tool so far. */
  boolean called() {
    return speech.called();
  }

  /** The stop text that ended the choice, null if none did. */
  @Nullable String stop() {
    return stops.found();
  }

  /** What is new; null if nothing is. */
  @Nullable Delta poll() {
    if (finish != null) {
      return null;
    }
    FinishReason reason = output.finish(); // before count: see ChoiceOutput
    int all = output.count();
    int first = taken;
    int count = Math.min(all, first + TOKENS_MAX);
    reason = count < all ? null : reason;
    int[] offsets = new int[count - first];
    List<Piece> said = new ArrayList<>();
    while (taken < count && !isOver()) {
      offsets[taken - first] = chars;
      int token = output.token(taken++);
      if (options.includeStop() || !rules().stops().get(token)) {
        push(textOf(token), said);
      }
    }
    if (isOver()) {
      output.stop();
      reason = FinishReason.STOP;
    } else if (reason != null) {
      push(decoder.flush(), said);
      reason = stops.matched() ? FinishReason.STOP : reason;
      said.addAll(speech.push(stops.rest()));
    }
    if (reason != null) {
      said.addAll(speech.end());
    }
    told = taken;
    finish = reason;
    if (reason == null && said.isEmpty() && count == all && !(everyToken && taken > first)) {
      return null;
    }
    boolean opening = !opened;
    opened = true;
    return new Delta(
        choice, opening, first, Arrays.copyOf(offsets, taken - first), Piece.joined(said), reason);
  }

  /** Whether nothing that follows belongs to the answer. */
  private boolean isOver() {
    return stops.matched() || speech.isOver();
  }

  private TokenRules rules() {
    return options.sampling().rules();
  }

  /** A special token has no text, unless it is a mark by which the answer is read. */
  private String textOf(int token) {
    String text = decoder.push(token);
    return marks.get(token) ? text + head.tokenizer().tokenText(token) : text;
  }

  private void push(String decoded, List<Piece> said) {
    chars += CodePoints.count(decoded);
    said.addAll(speech.push(stops.push(decoded, taken > rules().minTokens())));
  }

  private static BitSet marks(AnswerHead head) {
    BitSet marks = new BitSet();
    for (String mark : head.speech().marks()) {
      OptionalInt id = head.tokenizer().idOf(mark);
      if (id.isPresent() && head.tokenizer().isSpecial(id.getAsInt())) {
        marks.set(id.getAsInt());
      }
    }
    return marks;
  }
}
