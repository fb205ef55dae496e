package dev.heddle.template;

import dev.heddle.template.Values.Function;
import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Tuple;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that every template can call. */
final class Globals {
  /** The type {@code dict}: called, and asked for {@code fromkeys}. */
  record DictType() implements Function {
    @Override
    public Object call(Interpreter interpreter, Args args) {
      return dict(interpreter, args);
    }
  }

  static final Map<String, Function> FUNCTIONS =
      Map.of(
          "raise_exception", Globals::raise,
          "strftime_now", Globals::strftimeNow,
          "range", Globals::range,
          "dict", new DictType(),
          "namespace", Globals::namespace,
          "cycler", Globals::cycler,
          "joiner", Globals::joiner);

  private Globals() {}

  private static Object raise(Interpreter interpreter, Args args) {
    Object message = args.bind("raise_exception", "message").required(0);
    throw new Fault(interpreter.str(message), true);
  }

  private static Object strftimeNow(Interpreter interpreter, Args args) {
    String format = args.bind("strftime_now", "format").text(0);
    interpreter.budget().charge(16L * format.length());
    return Strftime.format(interpreter.now(), format);
  }

  private static Object range(Interpreter interpreter, Args args) {
    List<Object> bounds = args.positional();
    if (bounds.isEmpty() || bounds.size() > 3 || !args.named().isEmpty()) {
      throw new Fault("range expected 1 to 3 arguments, got " + bounds.size());
    }
    long first = Numbers.index(bounds.getFirst());
    if (bounds.size() == 1) {
      return new Range(0, first, 1);
    }
    long step = bounds.size() == 3 ? Numbers.index(bounds.get(2)) : 1;
    return new Range(first, Numbers.index(bounds.get(1)), step);
  }

  static Object fromKeys(Interpreter interpreter, Args args) {
    Args.Bound bound = args.bind("fromkeys", "iterable", "value");
    Object value = bound.get(1, None.NONE);
    Dict dict = new Dict();
    for (Object key : interpreter.list(bound.required(0))) {
      dict.put(key, value);
    }
    interpreter.budget().elements(4L * dict.size());
    return dict;
  }

  private static Dict dict(Interpreter interpreter, Args args) {
    Dict dict = new Dict();
    if (args.positional().size() > 1) {
      throw new Fault("dict expected at most 1 argument, got " + args.positional().size());
    }
    for (Object source : args.positional()) {
      if (source instanceof Dict other) {
        interpreter.budget().elements(4L * other.size());
        dict.putAll(other);
        continue;
      }
      for (Object pair : interpreter.list(source)) {
        List<Object> items = interpreter.list(pair);
        if (items.size() != 2) {
          throw new Fault(
              "dictionary update sequence element has length " + items.size() + "; 2 is required");
        }
        dict.put(items.get(0), items.get(1));
      }
    }
    interpreter.budget().elements(4L * args.named().size());
    args.named().forEach(dict::put);
    return dict;
  }

  private static Object namespace(Interpreter interpreter, Args args) {
    Namespace namespace = new Namespace();
    for (Object item : dict(interpreter, args).items()) {
      List<Object> pair = ((Tuple) item).items();
      namespace.set(interpreter.str(pair.get(0)), pair.get(1));
    }
    return namespace;
  }

  private static Object cycler(Interpreter interpreter, Args args) {
    if (args.positional().isEmpty()) {
      throw new Fault("at least one item has to be provided");
    }
    return new Cycler(args.positional());
  }

  private static Object joiner(Interpreter interpreter, Args args) {
    Object separator = args.bind("joiner", "sep").get(0, ", ");
    boolean[] used = new boolean[1];
    return (Function)
        (caller, none) -> {
          Object text = used[0] ? separator : "";
          used[0] = true;
          return text;
        };
  }

  /** Goes round its items. */
  static final class Cycler {
    private final List<Object> items;
    private int position;

    Cycler(List<Object> items) {
      this.items = items;
    }

    @Nullable Object attribute(String name) {
      return switch (name) {
        case "current" -> items.get(position);
        case "next" ->
            (Function)
                (interpreter, args) -> {
                  Object item = items.get(position);
                  position = (position + 1) % items.size();
                  return item;
                };
        case "reset" ->
            (Function)
                (interpreter, args) -> {
                  position = 0;
                  return None.NONE;
                };
        default -> null;
      };
    }
  }
}
