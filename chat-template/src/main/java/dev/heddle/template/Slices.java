package dev.heddle.template;

import dev.heddle.template.Values.Markup;
import dev.heddle.template.Values.Tuple;
import dev.heddle.template.Values.Undefined;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code value[from:to:step]} of texts, lists and tuples. */
final class Slices {
  private Slices() {}

  static Object of(
      Object owner,
      @Nullable Integer from,
      @Nullable Integer to,
      @Nullable Integer step,
      Budget budget) {
    if (owner instanceof Undefined undefined) {
      throw undefined.fault();
    }
    String text = Values.text(owner);
    if (text != null) {
      budget.touch(owner);
      String cut = budget.made(text(text, from, to, step));
      return owner instanceof Markup ? new Markup(cut) : cut;
    }
    List<Object> list = Values.sequence(owner);
    if (list == null) {
      throw new Fault("'" + Values.typeName(owner) + "' object is not subscriptable");
    }
    int stride = stride(step);
    int first = first(from, list.size(), stride);
    int last = last(to, list.size(), stride);
    budget.elements(Math.abs((long) last - first) / Math.abs((long) stride) + 1);
    List<Object> cut = new ArrayList<>();
    for (long i = first; stride > 0 ? i < last : i > last; i += stride) {
      cut.add(list.get((int) i));
    }
    return owner instanceof Tuple ? new Tuple(cut) : cut;
  }

  private static String text(
      String text, @Nullable Integer from, @Nullable Integer to, @Nullable Integer step) {
    int stride = stride(step);
    if (stride == 1 && Chars.isPlain(text)) {
      int first = first(from, text.length(), 1);
      return text.substring(first, Math.max(first, last(to, text.length(), 1)));
    }
    int[] points = text.codePoints().toArray();
    int last = last(to, points.length, stride);
    StringBuilder out = new StringBuilder();
    for (long i = first(from, points.length, stride);
        stride > 0 ? i < last : i > last;
        i += stride) {
      out.appendCodePoint(points[(int) i]);
    }
    return out.toString();
  }

  private static int stride(@Nullable Integer step) {
    int stride = step == null ? 1 : step;
    if (stride == 0) {
      throw new Fault("slice step cannot be zero");
    }
    return stride;
  }

  private static int first(@Nullable Integer from, int size, int stride) {
    return stride > 0
        ? clamp(from == null ? 0 : from, size, 0, size)
        : clamp(from == null ? size - 1 : from, size, -1, size - 1);
  }

  private static int last(@Nullable Integer to, int size, int stride) {
    if (to == null) {
      return stride > 0 ? size : -1;
    }
    return stride > 0 ? clamp(to, size, 0, size) : clamp(to, size, -1, size - 1);
  }

  private static int clamp(int index, int size, int low, int high) {
    long absolute = index < 0 ? (long) index + size : index;
    return Math.clamp(absolute, low, Math.max(low, high));
  }
}
