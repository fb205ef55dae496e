package dev.heddle.app.serving;

import dev.heddle.format.text.StreamingDecoder;
import dev.heddle.runtime.ChoiceOutput;
import dev.heddle.runtime.FinishReason;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads one choice as it grows: tokens become text, and the choice is stopped where a stop string
 * is complete. Tokens that the engine produced beyond it are neither shown nor counted. Used by one
 * thread at a time.
 */
final class ChoiceReader {
  private final int choice;
  private final ChoiceOutput output;
  private final StreamingDecoder decoder;
  private final StopMatcher stops;
  private final boolean everyToken;
  private int taken;

  /** {@link #taken}, for other threads. */
  private volatile int told;

  private int chars;
  private boolean opened;
  private @Nullable FinishReason finish;

  /**
   * @param everyToken report tokens even while they have no text yet, because the answer shows
   *     tokens
   */
  ChoiceReader(
      int choice,
      ChoiceOutput output,
      StreamingDecoder decoder,
      StopMatcher stops,
      boolean everyToken) {
    this.choice = choice;
    this.output = output;
    this.decoder = decoder;
    this.stops = stops;
    this.everyToken = everyToken;
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
    int count = output.count();
    int first = taken;
    int[] offsets = new int[count - first];
    StringBuilder text = new StringBuilder();
    while (taken < count && !stops.matched()) {
      offsets[taken - first] = chars;
      push(decoder.push(output.token(taken++)), text);
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
    if (reason == null && text.isEmpty() && !(everyToken && taken > first)) {
      return null;
    }
    boolean opening = !opened;
    opened = true;
    return new Delta(
        choice, opening, first, Arrays.copyOf(offsets, taken - first), text.toString(), reason);
  }

  private void push(String decoded, StringBuilder text) {
    chars += decoded.length();
    text.append(stops.push(decoded));
  }
}
