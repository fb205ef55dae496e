package dev.heddle.template;

import dev.heddle.template.Values.Function;
import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Tuple;
import dev.heddle.template.Values.Undefined;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code owner.name} and {@code owner[key]} as Jinja2's sandbox resolves them: the first prefers a
 * method of the value, the second an item of it. There is nothing else a value gives access to.
 */
final class Members {
  private static final Set<String> LIST_CHANGES =
      Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");
  private static final Set<String> DICT_CHANGES =
      Set.of("clear", "pop", "popitem", "setdefault", "update");

  private Members() {}

  static Object attribute(Object owner, String name) {
    Object found = own(owner, name);
    if (found == null && owner instanceof Dict dict) {
      found = dict.get(name);
    }
    return found == null ? missing(owner, name) : found;
  }

  static Object item(Object owner, Object key, Budget budget) {
    if (owner instanceof Undefined undefined) {
      throw undefined.fault();
    }
    budget.touch(key);
    Object found = owner instanceof Dict dict ? entry(dict, key) : element(owner, key, budget);
    if (found == null && key instanceof String name) {
      found = own(owner, name);
    }
    return found == null ? missing(owner, key) : found;
  }

  private static Object missing(Object owner, Object key) {
    if (key instanceof String name && name.startsWith("__") && name.endsWith("__")) {
      return unsafe(owner, name);
    }
    return Undefined.member(owner, key);
  }

  private static Undefined unsafe(Object owner, String name) {
    return new Undefined(
        "access to attribute '%s' of '%s' object is unsafe."
            .formatted(name, Values.typeName(owner)));
  }

  private static @Nullable Object entry(Dict dict, Object key) {
    boolean hashable = !(key instanceof List<?> || key instanceof Dict);
    return hashable ? dict.get(key) : null;
  }

  private static @Nullable Object element(Object owner, Object key, Budget budget) {
    String text = Values.text(owner);
    List<Object> list = Values.sequence(owner);
    if (!Numbers.isInteger(key) || (text == null && list == null)) {
      return null;
    }
    if (text != null) {
      budget.touch(owner);
    }
    int size = Values.length(owner);
    long index = Numbers.index(key);
    index = index < 0 ? index + size : index;
    if (index < 0 || index >= size) {
      return null;
    }
    if (list != null) {
      return list.get((int) index);
    }
    int at = text == null ? 0 : text.offsetByCodePoints(0, (int) index);
    return text == null ? null : Character.toString(text.codePointAt(at));
  }

  /** What Python's getattr finds on a value of this kind. */
  private static @Nullable Object own(Object owner, String name) {
    String text = Values.text(owner);
    if (text != null) {
      return StringMethods.NAMES.contains(name) ? StringMethods.method(text, name) : null;
    }
    return switch (owner) {
      case Undefined undefined -> throw undefined.fault();
      case Dict dict ->
          DICT_CHANGES.contains(name) ? unsafe(owner, name) : Collections.method(dict, name);
      case Range range -> null;
      case List<?> list ->
          LIST_CHANGES.contains(name)
              ? unsafe(owner, name)
              : Collections.method(Values.cast(list), name);
      case Tuple tuple -> named(tuple, name);
      case Namespace namespace -> namespace.attributes.get(name);
      case Loop loop -> loop.attribute(name);
      case Macro macro when name.equals("name") -> macro.name() == null ? None.NONE : macro.name();
      case Globals.Cycler cycler -> cycler.attribute(name);
      case Globals.DictType type when name.equals("fromkeys") -> (Function) Globals::fromKeys;
      default -> null;
    };
  }

  private static @Nullable Object named(Tuple tuple, String name) {
    int index = tuple.names().indexOf(name);
    if (index >= 0) {
      return tuple.items().get(index);
    }
    Function method = Collections.method(tuple.items(), name);
    return name.equals("copy") ? null : method;
  }
}
