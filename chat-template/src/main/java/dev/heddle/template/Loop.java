package dev.heddle.template;

import dev.heddle.template.Values.Function;
import dev.heddle.template.Values.Undefined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code loop} of a for: goes through the items and knows how far it is. */
final class Loop {
  private Iterator<Object> rest;
  private int length;
  private final int depth;
  private final @Nullable Function recursion;
  private int index;
  private @Nullable Object previous;
  private @Nullable Object current;
  private @Nullable Object peeked;
  private @Nullable List<Object> changed;

  /**
   * @param length of all the items, or -1 if it is not known
   * @param depth of loops that call themselves, from 0
   * @param recursion what calling the loop does, if it is recursive
   */
  Loop(Iterator<Object> items, int length, int depth, @Nullable Function recursion) {
    this.rest = items;
    this.length = length;
    this.depth = depth;
    this.recursion = recursion;
  }

  boolean hasNext() {
    return peeked != null || rest.hasNext();
  }

  Object next() {
    Object item = peeked != null ? peeked : rest.next();
    peeked = null;
    previous = current;
    current = item;
    index++;
    return item;
  }

  int index() {
    return index;
  }

  int length() {
    if (length < 0) {
      List<Object> all = new ArrayList<>();
      rest.forEachRemaining(all::add);
      rest = all.iterator();
      length = all.size() + index + (peeked == null ? 0 : 1);
    }
    return length;
  }

  /** An attribute, or null if it has none of this name. */
  @Nullable Object attribute(String name) {
    return switch (name) {
      case "index" -> (long) index;
      case "index0" -> index - 1L;
      case "revindex" -> length() - index + 1L;
      case "revindex0" -> (long) length() - index;
      case "first" -> index == 1;
      case "last" -> peek() == null;
      case "length" -> (long) length();
      case "depth" -> depth + 1L;
      case "depth0" -> (long) depth;
      case "previtem" -> previous == null ? new Undefined("there is no previous item") : previous;
      case "nextitem" -> {
        Object next = peek();
        yield next == null ? new Undefined("there is no next item") : next;
      }
      case "cycle" -> (Function) (interpreter, args) -> cycle(args);
      case "changed" -> (Function) (interpreter, args) -> changed(interpreter, args);
      default -> null;
    };
  }

  Object call(Interpreter interpreter, Args args) {
    if (recursion == null) {
      throw new Fault("The loop must have the 'recursive' marker to be called recursively.");
    }
    return recursion.call(interpreter, args);
  }

  int depth() {
    return depth;
  }

  private @Nullable Object peek() {
    if (peeked == null && rest.hasNext()) {
      peeked = rest.next();
    }
    return peeked;
  }

  private Object cycle(Args args) {
    if (args.positional().isEmpty()) {
      throw new Fault("no items for cycling given");
    }
    return args.positional().get((index - 1) % args.positional().size());
  }

  private Object changed(Interpreter interpreter, Args args) {
    List<Object> before = changed;
    changed = args.positional();
    return before == null
        || !Compare.equal(
            new Values.Tuple(before), new Values.Tuple(args.positional()), interpreter.budget());
  }
}
