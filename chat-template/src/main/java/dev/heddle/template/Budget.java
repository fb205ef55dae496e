package dev.heddle.template;

import java.util.Collection;

/** What one rendering has left of its {@link RenderLimits}. */
final class Budget {
  private static final int TEXT = 16;
  private static final int ELEMENT = 16;
  private static final int TOUCH = 16;

  private final RenderLimits limits;
  private long steps;
  private long work;
  private int depth;

  Budget(RenderLimits limits, long inputSize) {
    this.limits = limits;
    this.steps = limits.steps();
    this.work = limits.work() + 16 * inputSize;
  }

  RenderLimits limits() {
    return limits;
  }

  void step() {
    if (--steps < 0) {
      throw new Fault("the template takes more than " + limits.steps() + " steps");
    }
  }

  /** Goes one level deeper; {@link #leave} comes back. */
  void enter() {
    if (++depth > limits.depth()) {
      throw new Fault("the template is nested deeper than " + limits.depth() + " levels");
    }
  }

  void leave() {
    depth--;
  }

  void charge(long units) {
    work -= units;
    if (work < 0) {
      throw new Fault("the template makes more values than " + limits.work() + " characters");
    }
  }

  /** How long a text may still get. */
  long left() {
    return work;
  }

  /** Pays for a text that was made. */
  String made(String text) {
    charge(text.length() + TEXT);
    return text;
  }

  /** Pays for elements before they are put into a list or dict. */
  void elements(long count) {
    charge(count * ELEMENT);
  }

  /** Pays for looking through a value. */
  void touch(Object value) {
    String text = Values.text(value);
    if (text != null) {
      charge(text.length() / TOUCH);
    } else if (value instanceof Collection<?> list) {
      charge(list.size() / TOUCH);
    } else if (value instanceof Dict dict) {
      charge(dict.size() / TOUCH);
    }
  }

  /** Pays for a search of one text in another, whose worst case is the product of lengths. */
  void search(String text, String part) {
    charge(text.length() / TOUCH + (long) text.length() * part.length() / 256);
  }
}
