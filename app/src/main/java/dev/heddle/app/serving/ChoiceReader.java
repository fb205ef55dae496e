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
  private int chars;
  private boolean opened;
  private boolean ended;

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

  /** Tokens read so far, the one that completed a stop string and an end-of-sequence included. */
  int tokens() {
    return taken;
  }

  boolean ended() {
    return ended;
  }

  /** What is new; null if nothing is. */
  @Nullable Delta poll() {
    if (ended) {
      return null;
    }
    FinishReason finish = output.finish(); // before count: see ChoiceOutput
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
      finish = FinishReason.STOP;
    } else if (finish != null) {
      push(decoder.flush(), text);
      finish = stops.matched() ? FinishReason.STOP : finish;
      text.append(stops.rest());
    }
    ended = finish != null;
    if (!ended && text.isEmpty() && !(everyToken && taken > first)) {
      return null;
    }
    boolean opening = !opened;
    opened = true;
    return new Delta(
        choice, opening, first, Arrays.copyOf(offsets, taken - first), text.toString(), finish);
  }

  private void push(String decoded, StringBuilder text) {
    chars += decoded.length();
    text.append(stops.push(decoded));
  }
}
