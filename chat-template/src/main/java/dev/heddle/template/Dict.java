package dev.heddle.template;

import dev.heddle.template.Values.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's dict: keeps its order; keys are equal as Python has them (1, 1.0 and True are one). */
final class Dict {
  private record Entry(Object key, Object value) {}

  private final Map<Object, Entry> entries = new LinkedHashMap<>();

  void put(Object key, Object value) {
    Object hashed = hashed(key, 0);
    Entry old = entries.get(hashed);
    entries.put(hashed, new Entry(old == null ? key : old.key, value));
  }

  void putAll(Dict other) {
    entries.putAll(other.entries);
  }

  @Nullable Object get(Object key) {
    Entry entry = entries.get(hashed(key, 0));
    return entry == null ? null : entry.value;
  }

  int size() {
    return entries.size();
  }

  List<Object> keys() {
    List<Object> keys = new ArrayList<>(entries.size());
    entries.values().forEach(e -> keys.add(e.key));
    return keys;
  }

  List<Object> values() {
    List<Object> values = new ArrayList<>(entries.size());
    entries.values().forEach(e -> values.add(e.value));
    return values;
  }

  /** Pairs of key and value. */
  List<Object> items() {
    List<Object> items = new ArrayList<>(entries.size());
    entries.values().forEach(e -> items.add(Tuple.of(e.key, e.value)));
    return items;
  }

  /** A Java value that is equal to another's exactly if Python's are. */
  private static Object hashed(Object key, int depth) {
    if (depth > Values.DEPTH) {
      throw new Fault("a key is nested too deep");
    }
    return switch (key) {
      case Values.Markup m -> m.text();
      case Boolean b -> b ? 1L : 0L;
      case Double d when d == Math.rint(d) && Math.abs(d) < 1e18 -> (long) (double) d;
      case Tuple tuple -> tuple.items().stream().map(k -> hashed(k, depth + 1)).toList();
      case Collection<?> c -> throw unhashable(key);
      case Dict d -> throw unhashable(key);
      default -> key;
    };
  }

  private static Fault unhashable(Object key) {
    return new Fault("unhashable type: '" + Values.typeName(key) + "'");
  }
}
