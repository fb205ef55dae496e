package dev.heddle.template;

import dev.heddle.template.Args.Bound;
import dev.heddle.template.Filters.Filter;
import dev.heddle.template.Values.Generator;
import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Tuple;
import dev.heddle.template.Values.Undefined;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Filters that compare items: sort, unique, min, max, dictsort, groupby. */
final class Sorting {
  private record Keyed(Object key, Object item) {}

  private Sorting() {}

  static void register(Map<String, Filter> filters) {
    filters.put("sort", Sorting::sort);
    filters.put("unique", Sorting::unique);
    filters.put("min", (in, value, args) -> extreme(in, value, args, -1));
    filters.put("max", (in, value, args) -> extreme(in, value, args, 1));
    filters.put("dictsort", Sorting::dictSort);
    filters.put("groupby", Sorting::groupBy);
  }

  private static Object sort(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("sort", "reverse", "case_sensitive", "attribute");
    String paths = bound.optionalText(2);
    UnaryOperator<Object> single = key(in, bound.get(2, None.NONE), bound.flag(1, false));
    UnaryOperator<Object> key = single;
    if (paths != null && paths.contains(",")) {
      List<UnaryOperator<Object>> parts = new ArrayList<>();
      for (String path : paths.split(",", -1)) {
        parts.add(key(in, path, bound.flag(1, false)));
      }
      key = item -> new Tuple(parts.stream().map(part -> part.apply(item)).toList());
    }
    return sorted(in, in.list(value), key, bound.flag(0, false));
  }

  private static List<Object> sorted(
      Interpreter in, List<Object> items, UnaryOperator<Object> key, boolean reverse) {
    List<Keyed> keyed = keyed(in, items, key);
    Comparator<Keyed> order = (a, b) -> Compare.order(a.key, b.key, in.budget());
    keyed.sort(reverse ? order.reversed() : order);
    List<Object> sorted = new ArrayList<>(keyed.size());
    keyed.forEach(k -> sorted.add(k.item));
    return sorted;
  }

  private static List<Keyed> keyed(Interpreter in, List<Object> items, UnaryOperator<Object> key) {
    in.budget().elements(2L * items.size());
    List<Keyed> keyed = new ArrayList<>(items.size());
    items.forEach(item -> keyed.add(new Keyed(key.apply(item), item)));
    return keyed;
  }

  /** The attribute of an item, in lower case if case does not matter. */
  private static UnaryOperator<Object> key(
      Interpreter in, Object attribute, boolean caseSensitive) {
    UnaryOperator<Object> get = Selection.attribute(in, attribute, null);
    return item -> {
      Object key = get.apply(item);
      String text = caseSensitive ? null : Values.text(key);
      return text == null ? key : in.budget().made(text.toLowerCase(Locale.ROOT));
    };
  }

  private static Object unique(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("unique", "case_sensitive", "attribute");
    UnaryOperator<Object> key = key(in, bound.get(1, None.NONE), bound.flag(0, false));
    return new Generator(() -> {
      Dict seen = new Dict();
      for (Keyed item : keyed(in, in.list(value), key)) {
        if (seen.get(item.key) == null) {
          seen.put(item.key, item.item);
        }
      }
      return seen.values();
    });
  }

  private static Object extreme(Interpreter in, Object value, Args args, int sign) {
    Bound bound = args.bind(sign < 0 ? "min" : "max", "case_sensitive", "attribute");
    UnaryOperator<Object> key = key(in, bound.get(1, None.NONE), bound.flag(0, false));
    Object best = null;
    Object bestKey = null;
    for (Iterator<Object> items = Values.iterator(value); items.hasNext(); ) {
      Object item = items.next();
      Object itemKey = key.apply(item);
      if (bestKey == null || Compare.order(itemKey, bestKey, in.budget()) * sign > 0) {
        best = item;
        bestKey = itemKey;
      }
    }
    return best == null ? new Undefined("No aggregated item, sequence was empty.") : best;
  }

  private static Object dictSort(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("dictsort", "case_sensitive", "by", "reverse");
    String by = bound.text(1, "key");
    if (!by.equals("key") && !by.equals("value")) {
      throw new Fault("You can only sort by either \"key\" or \"value\"");
    }
    if (!(value instanceof Dict dict)) {
      throw new Fault("'" + Values.typeName(value) + "' object has no attribute 'items'");
    }
    in.budget().elements(4L * dict.size());
    long index = by.equals("key") ? 0 : 1;
    return sorted(in, dict.items(), key(in, index, bound.flag(0, false)), bound.flag(2, false));
  }

  private static Object groupBy(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("groupby", "attribute", "default", "case_sensitive");
    boolean caseSensitive = bound.flag(2, false);
    @Nullable Object otherwise = bound.optional(1);
    UnaryOperator<Object> get = Selection.attribute(in, bound.required(0), otherwise);
    UnaryOperator<Object> fold = key(in, None.NONE, caseSensitive);
    UnaryOperator<Object> key = item -> fold.apply(get.apply(item));
    List<Object> groups = new ArrayList<>();
    Object last = null;
    List<Object> members = new ArrayList<>();
    for (Object item : sorted(in, in.list(value), key, false)) {
      Object group = key.apply(item);
      if (last == null || !Compare.equal(last, group, in.budget())) {
        members = new ArrayList<>();
        in.budget().elements(4);
        groups.add(new Tuple(List.of(get.apply(item), members), List.of("grouper", "list")));
      }
      members.add(item);
      last = group;
    }
    return groups;
  }
}
