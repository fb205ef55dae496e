package dev.heddle.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The values a template handles and what Python does with them. Besides numbers ({@link Numbers}):
 * {@link String}, {@link Markup}, {@link List} (a list or a {@link Range}), {@link Tuple}, {@link
 * Dict}, {@link None}, {@link Undefined}, {@link Generator}, {@link DictView}, {@link Namespace},
 * {@link Loop}, {@link Function}. There is no other, and no null.
 */
final class Values {
  /** How deep values may be nested where all of one is looked at. */
  static final int DEPTH = 200;

  private Values() {}

  /** Python's None. */
  enum None {
    NONE
  }

  /** A text that is taken for escaped HTML; what is added to it gets escaped. */
  record Markup(String text) {}

  /** What a name without a value stands for: empty, and an error if more is asked of it. */
  record Undefined(String message) {
    static Undefined name(String name) {
      return new Undefined("'" + name + "' is undefined");
    }

    static Undefined member(Object owner, Object member) {
      String type = owner instanceof None ? "None" : typeName(owner) + " object";
      return new Undefined(
          member instanceof String s
              ? "'" + type + "' has no attribute '" + s + "'"
              : type + " has no element " + Repr.of(member));
    }

    Fault fault() {
      return new Fault(message);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
      return 0;
    }
  }

  /** A tuple; its items may have names too. */
  record Tuple(List<Object> items, List<String> names) {
    Tuple(List<Object> items) {
      this(items, List.of());
    }

    static Tuple of(Object... items) {
      return new Tuple(List.of(items));
    }
  }

  /** {@code dict.items()} and its like. */
  record DictView(String type, List<Object> items) {}

  /** What lazy filters give: can be gone through once and has no length. */
  static final class Generator {
    private final Supplier<List<Object>> source;
    private @Nullable Iterator<Object> rest;

    Generator(Supplier<List<Object>> source) {
      this.source = source;
    }

    Iterator<Object> iterator() {
      Iterator<Object> items = rest;
      if (items == null) {
        items = source.get().iterator();
        rest = items;
      }
      return items;
    }
  }

  /** What can be called, and what it is called in messages. */
  interface Function {
    Object call(Interpreter interpreter, Args args);
  }

  /** The text of a string, or null if it is none. */
  static @Nullable String text(Object value) {
    return value instanceof String s ? s : value instanceof Markup m ? m.text() : null;
  }

  /** The items of a list or tuple, or null if it is none. */
  static @Nullable List<Object> sequence(Object value) {
    if (value instanceof Tuple tuple) {
      return tuple.items();
    }
    return value instanceof List<?> list ? cast(list) : null;
  }

  @SuppressWarnings("unchecked") // every list among the values holds values
  static List<Object> cast(List<?> list) {
    return (List<Object>) list;
  }

  static boolean isTrue(Object value) {
    return switch (value) {
      case Boolean b -> b;
      case String s -> !s.isEmpty();
      case Markup m -> !m.text().isEmpty();
      case Long n -> n != 0;
      case Double d -> d != 0;
      case List<?> list -> !list.isEmpty();
      case Tuple tuple -> !tuple.items().isEmpty();
      case Dict dict -> dict.size() > 0;
      case DictView view -> !view.items().isEmpty();
      case None n -> false;
      case Undefined u -> false;
      default -> true;
    };
  }

  /** Goes through a value as {@code for} does. */
  static Iterator<Object> iterator(Object value) {
    return switch (value) {
      case List<?> list -> cast(list).iterator();
      case Tuple tuple -> tuple.items().iterator();
      case Dict dict -> dict.keys().iterator();
      case DictView view -> view.items().iterator();
      case Generator generator -> generator.iterator();
      case String s -> characters(s);
      case Markup m -> characters(m.text());
      case Undefined u -> List.of().iterator();
      default -> throw new Fault("'" + typeName(value) + "' object is not iterable");
    };
  }

  static boolean isIterable(Object value) {
    return !(value instanceof Number
        || value instanceof Boolean
        || value instanceof None
        || value instanceof Namespace
        || value instanceof Loop
        || value instanceof Function);
  }

  private static Iterator<Object> characters(String text) {
    return text.codePoints().mapToObj(c -> (Object) Character.toString(c)).iterator();
  }

  /** {@code len(value)}. */
  static int length(Object value) {
    return switch (value) {
      case String s -> Chars.count(s);
      case Markup m -> Chars.count(m.text());
      case List<?> list -> list.size();
      case Tuple tuple -> tuple.items().size();
      case Dict dict -> dict.size();
      case DictView view -> view.items().size();
      case Undefined u -> 0;
      case Loop loop -> loop.length();
      default -> throw new Fault("object of type '" + typeName(value) + "' has no len()");
    };
  }

  static List<Object> list(Object value) {
    List<Object> items = new ArrayList<>();
    iterator(value).forEachRemaining(items::add);
    return items;
  }

  /** The name of a value's type in Python. */
  static String typeName(Object value) {
    return switch (value) {
      case String s -> "str";
      case Markup m -> "Markup";
      case Boolean b -> "bool";
      case Long n -> "int";
      case BigInteger n -> "int";
      case Double d -> "float";
      case Range range -> "range";
      case List<?> list -> "list";
      case Tuple tuple -> "tuple";
      case Dict dict -> "dict";
      case DictView view -> view.type();
      case None n -> "NoneType";
      case Undefined u -> "Undefined";
      case Generator g -> "generator";
      case Namespace n -> "Namespace";
      case Loop l -> "LoopContext";
      case Macro m -> "Macro";
      default -> "function";
    };
  }
}
