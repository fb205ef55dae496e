package dev.heddle.tornado;

import dev.heddle.ops.Rows;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls of the recorded pass, by what tells them apart, so that a later pass that differs is an
 * error and not a wrong result.
 */
final class Trace {
  private final List<Object> handles = new ArrayList<>(); // three a call
  private final List<Integer> counts = new ArrayList<>();
  private int next;

  /** Forgets what was recorded. */
  void record() {
    handles.clear();
    counts.clear();
  }

  void add(Object out, Object operand, Rows rows) {
    handles.add(out);
    handles.add(operand);
    handles.add(rows);
  }

  /** Notes where a live number stands. */
  void count(int at) {
    if (!counts.contains(at)) {
      counts.add(at);
    }
  }

  /** Where the live numbers of the pass stand in the int arena. */
  List<Integer> counts() {
    return counts;
  }

  void begin() {
    next = 0;
  }

  void expect(Object out, Object operand, Rows rows) {
    boolean same =
        next + 3 <= handles.size()
            && handles.get(next).equals(out)
            && handles.get(next + 1).equals(operand)
            && handles.get(next + 2).equals(rows);
    if (!same) {
      throw new IllegalStateException(
          "operation " + next / 3 + " of the pass is not the one that was prepared");
    }
    next += 3;
  }

  void end() {
    if (next != handles.size()) {
      throw new IllegalStateException(
          "the pass ended after " + next / 3 + " of " + handles.size() / 3 + " operations");
    }
  }
}
