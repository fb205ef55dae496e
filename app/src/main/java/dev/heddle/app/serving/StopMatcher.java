package dev.heddle.app.serving;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the first stop text in a text that comes in pieces, as if it were read character by
 * character: the stop that is complete first wins, of several complete at once the longest. What
 * might be the beginning of a stop is held back until more comes. One for each choice, used by one
 * thread at a time.
 *
 * <p>A text may begin with a part in which no stop counts; one that begins there and is complete
 * only after it does.
 */
final class StopMatcher {
  private final List<String> stops;
  private final boolean shown;
  private final StringBuilder pending = new StringBuilder();
  private @Nullable String found;

  /** How many of the pending characters no stop may end in. */
  private int exempt;

  /**
   * @param shown whether the stop that is found belongs to the text
   */
  StopMatcher(List<String> stops, boolean shown) {
    this.stops = List.copyOf(stops);
    this.shown = shown;
  }

  /** Whether a stop was found; nothing may be pushed after it. */
  boolean matched() {
    return found != null;
  }

  /** The stop that was found, null if none was. */
  @Nullable String found() {
    return found;
  }

  /**
   * Takes the next piece and returns what is now known to be text.
   *
   * @param counts whether a stop that is complete in this piece counts; once true, always
   */
  String push(String piece, boolean counts) {
    if (stops.isEmpty() || piece.isEmpty()) {
      return piece;
    }
    pending.append(piece);
    if (!counts) {
      exempt = pending.length();
    }
    int end = firstMatch();
    if (end >= 0) {
      return take(end);
    }
    return take(pending.length() - heldBack());
  }

  /** What was held back, when nothing follows. */
  String rest() {
    return matched() ? "" : take(pending.length());
  }

  /** Notes the first stop; where the text ends by it, -1 if there is none. */
  private int firstMatch() {
    int start = -1;
    int end = Integer.MAX_VALUE;
    for (String stop : stops) {
      int at = pending.indexOf(stop, Math.max(0, exempt - stop.length() + 1));
      int atEnd = at + stop.length();
      if (at >= 0 && (atEnd < end || (atEnd == end && at < start))) {
        start = at;
        end = atEnd;
        found = stop;
      }
    }
    return start < 0 || !shown ? start : end;
  }

  /** Length of the longest end of the text that is the beginning of a stop. */
  private int heldBack() {
    int longest = 0;
    for (String stop : stops) {
      int length = Math.min(stop.length() - 1, pending.length());
      while (length > longest && !endsWith(stop, length)) {
        length--;
      }
      longest = Math.max(longest, length);
    }
    return longest;
  }

  private boolean endsWith(String stop, int length) {
    int from = pending.length() - length;
    for (int i = 0; i < length; i++) {
      if (pending.charAt(from + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String take(int length) {
    String text = pending.substring(0, length);
    pending.delete(0, length);
    exempt = Math.max(0, exempt - length);
    return text;
  }
}
