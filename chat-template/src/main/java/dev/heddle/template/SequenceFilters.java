package dev.heddle.template;

import dev.heddle.template.Args.Bound;
import dev.heddle.template.Filters.Filter;
import dev.heddle.template.Values.Generator;
import dev.heddle.template.Values.Markup;
import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Undefined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Filters about lists and other things to go through, and {@code default}. */
final class SequenceFilters {
  private SequenceFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("default", SequenceFilters::orElse);
    filters.put("d", SequenceFilters::orElse);
    filters.put("length", (in, value, args) -> (long) Values.length(value));
    filters.put("count", (in, value, args) -> (long) Values.length(value));
    filters.put("list", (in, value, args) -> in.list(value));
    filters.put("first", SequenceFilters::first);
    filters.put("last", SequenceFilters::last);
    filters.put("join", SequenceFilters::join);
    filters.put("reverse", SequenceFilters::reverse);
    filters.put("items", SequenceFilters::items);
    filters.put("sum", SequenceFilters::sum);
    filters.put("batch", SequenceFilters::batch);
    filters.put("slice", SequenceFilters::slice);
    filters.put("attr", SequenceFilters::attribute);
  }

  private static Object orElse(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("default", "default_value", "boolean");
    boolean missing = value instanceof Undefined || (bound.flag(1, false) && !Values.isTrue(value));
    return missing ? bound.get(0, "") : value;
  }

  private static Object first(Interpreter in, Object value, Args args) {
    args.bind("first");
    Iterator<Object> items = Values.iterator(value);
    return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
  }

  private static Object last(Interpreter in, Object value, Args args) {
    args.bind("last");
    if (value instanceof Generator) {
      throw new Fault("'generator' object is not reversible");
    }
    String text = Values.text(value);
    if (text != null && !text.isEmpty()) {
      return Character.toString(text.codePointBefore(text.length()));
    }
    List<Object> items = Values.sequence(value);
    List<Object> all = items == null ? in.list(value) : items;
    return all.isEmpty() ? new Undefined("No last item, sequence was empty.") : all.getLast();
  }

  private static Object join(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("join", "d", "attribute");
    Object separator = bound.get(0, "");
    UnaryOperator<Object> get = Selection.attribute(in, bound.get(1, None.NONE), null);
    Iterator<Object> items = Values.iterator(value);
    StringBuilder out = new StringBuilder();
    String between = "";
    String next = in.str(separator);
    while (items.hasNext()) {
      in.budget().step();
      String text = in.str(get.apply(items.next()));
      in.budget().charge(text.length() + (long) between.length());
      out.append(between).append(text);
      between = next;
    }
    return out.toString();
  }

  private static Object reverse(Interpreter in, Object value, Args args) {
    args.bind("reverse");
    String text = Values.text(value);
    if (text != null) {
      in.budget().charge(text.length());
      String reversed = new StringBuilder(text).reverse().toString();
      return value instanceof Markup ? new Markup(reversed) : reversed;
    }
    if (!Values.isIterable(value)) {
      throw new Fault("argument must be iterable");
    }
    List<Object> items = in.list(value);
    return new Generator(items::reversed);
  }

  private static Object items(Interpreter in, Object value, Args args) {
    args.bind("items");
    if (value instanceof Undefined) {
      return new Generator(List::of);
    }
    if (!(value instanceof Dict dict)) {
      throw new Fault("Can only get item pairs from a mapping.");
    }
    in.budget().elements(4L * dict.size());
    return new Generator(dict::items);
  }

  private static Object sum(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("sum", "attribute", "start");
    UnaryOperator<Object> get = Selection.attribute(in, bound.get(0, None.NONE), null);
    Object sum = bound.get(1, 0L);
    if (Values.text(sum) != null) {
      throw new Fault("sum() can't sum strings [use ''.join(seq) instead]");
    }
    for (Iterator<Object> items = Values.iterator(value); items.hasNext(); ) {
      in.budget().step();
      sum = Arithmetic.apply("+", sum, get.apply(items.next()), in);
    }
    return sum;
  }

  private static Object batch(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("batch", "linecount", "fill_with");
    int size = Numbers.index(bound.required(0));
    @Nullable Object fill = bound.optional(1);
    return new Generator(() -> {
      List<Object> lines = new ArrayList<>();
      List<Object> line = new ArrayList<>();
      for (Object item : in.list(value)) {
        if (line.size() == size) {
          in.budget().elements(4);
          lines.add(line);
          line = new ArrayList<>();
        }
        line.add(item);
      }
      if (!line.isEmpty()) {
        if (fill != null) {
          in.budget().elements(Math.max(0, size));
          fill(line, size, fill);
        }
        lines.add(line);
      }
      return lines;
    });
  }

  private static void fill(List<Object> line, int size, Object with) {
    while (line.size() < size) {
      line.add(with);
    }
  }

  private static Object slice(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("slice", "slices", "fill_with");
    int slices = Numbers.index(bound.required(0));
    @Nullable Object fill = bound.optional(1);
    if (slices == 0) {
      throw new Fault("integer division or modulo by zero");
    }
    return new Generator(() -> {
      List<Object> all = in.list(value);
      List<Object> columns = new ArrayList<>();
      in.budget().elements(4L * Math.max(0, slices));
      int size = all.size() / Math.max(1, slices);
      int longer = all.size() % Math.max(1, slices);
      int from = 0;
      for (int i = 0; i < slices; i++) {
        int to = from + size + (i < longer ? 1 : 0);
        List<Object> column = new ArrayList<>(all.subList(from, to));
        if (fill != null && i >= longer) {
          column.add(fill);
        }
        columns.add(column);
        from = to;
      }
      return columns;
    });
  }

  private static Object attribute(Interpreter in, Object value, Args args) {
    String name = args.bind("attr", "name").text(0);
    if (value instanceof Dict dict) {
      Object method = Collections.method(dict, name);
      return method == null ? Undefined.member(value, name) : method;
    }
    return Members.attribute(value, name);
  }
}
