package dev.heddle.app.speech;

import java.util.List;
import java.util.Set;

/** Reads what follows a format's opening, character by character. */
abstract class CallShape {
  /** What a character does. */
  enum Fed {
    /** It belongs to a call. */
    MORE,
    /** It is the last of a call, or of several at once. */
    CALL,
    /** It is the last of all calls, and of none by itself. */
    OVER,
    /** It does not belong to a call, nor does what came since the last one. */
    BROKEN
  }

  abstract Fed feed(char c);

  /** Whether a call is whole but for a mark behind it that may be missing. */
  boolean mayEnd() {
    return false;
  }

  /** Whether nothing more belongs to these calls. */
  boolean isOver() {
    return true;
  }

  /** The calls that have become whole; empty if they are none after all. Once for each call. */
  abstract List<CallText> take(Set<String> names);
}
