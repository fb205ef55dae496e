package dev.heddle.app.serving;

import dev.heddle.format.CodePoints;
import dev.heddle.format.text.StreamingDecoder;
import dev.heddle.runtime.ChoiceOutput;
import dev.heddle.runtime.FinishReason;
import dev.heddle.sample.TokenRules;
import java.util.Arrays;
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
  private final StreamingDecoder decoder;
  private final StopMatcher stops;
  private final Options options;

  /** Whether to report tokens even while they have no text yet, because the answer shows tokens. */
  private final boolean everyToken;

  private int taken;

  /** {@link #taken}, for other threads. */
  private volatile int told;

  /** Code points so far, as clients count characters. */
  private int chars;

  private boolean opened;
  private @Nullable FinishReason finish;

  ChoiceReader(int choice, ChoiceOutput output, StreamingDecoder decoder, Options options) {
    this.choice = choice;
    this.output = output;
    this.decoder = decoder;
    this.options = options;
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
    StringBuilder text = new StringBuilder();
    while (taken < count && !stops.matched()) {
      offsets[taken - first] = chars;
      int token = output.token(taken++);
      if (options.includeStop() || !rules().stops().get(token)) {
        push(decoder.push(token), text);
      }
    }
    if (stops.matched()) {
      output.stop();
      reason = FinishReason.STOP;
    } else if (reason != null) {
      push(decoder.flush(), text);
      reason = stops.matched() ? FinishReason.STOP : reason;
      text.append(stops.rest());
    }
    told = taken;
    finish = reason;
    if (reason == null && text.isEmpty() && count == all && !(everyToken && taken > first)) {
      return null;
    }
    boolean opening = !opened;
    opened = true;
    return new Delta(
        choice, opening, first, Arrays.copyOf(offsets, taken - first), text.toString(), reason);
  }

  private TokenRules rules() {
    return options.sampling().rules();
  }

  private void push(String decoded, StringBuilder text) {
    chars += CodePoints.count(decoded);
    text.append(stops.push(decoded, taken > rules().minTokens()));
  }
}
