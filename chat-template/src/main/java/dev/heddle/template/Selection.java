package dev.heddle.template;

import dev.heddle.template.Filters.Filter;
import dev.heddle.template.Values.Generator;
import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Undefined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The filters map, select, reject, selectattr and rejectattr. */
final class Selection {
  private Selection() {}

  static void register(Map<String, Filter> filters) {
    filters.put("map", Selection::map);
    filters.put("select", (in, value, args) -> select(in, value, args, true, false));
    filters.put("reject", (in, value, args) -> select(in, value, args, false, false));
    filters.put("selectattr", (in, value, args) -> select(in, value, args, true, true));
    filters.put("rejectattr", (in, value, args) -> select(in, value, args, false, true));
  }

  private static Object map(Interpreter interpreter, Object value, Args args) {
    UnaryOperator<Object> mapping = mapping(interpreter, args);
    return new Generator(() -> {
      List<Object> mapped = new ArrayList<>();
      for (Iterator<Object> items = Values.iterator(value); items.hasNext(); ) {
        interpreter.budget().step();
        interpreter.budget().elements(1);
        mapped.add(mapping.apply(items.next()));
      }
      return mapped;
    });
  }

  private static UnaryOperator<Object> mapping(Interpreter interpreter, Args args) {
    Object attribute = args.named().get("attribute");
    if (args.positional().isEmpty() && attribute != null) {
      Object otherwise = args.named().get("default");
      return attribute(interpreter, attribute, otherwise);
    }
    if (args.positional().isEmpty()) {
      throw new Fault("map requires a filter argument");
    }
    String name = interpreter.str(args.positional().getFirst());
    return item -> Filters.apply(name, interpreter, item, args.after(1));
  }

  private static Object select(
      Interpreter interpreter, Object value, Args args, boolean wanted, boolean byAttribute) {
    int skipped = byAttribute ? 1 : 0;
    if (args.positional().size() < skipped) {
      throw new Fault("Missing parameter for attribute name");
    }
    UnaryOperator<Object> looked =
        byAttribute ? attribute(interpreter, args.positional().getFirst(), null) : item -> item;
    String test =
        args.positional().size() > skipped ? interpreter.str(args.positional().get(skipped)) : "";
    Args rest = args.after(skipped + 1);
    return new Generator(() -> {
      List<Object> selected = new ArrayList<>();
      for (Iterator<Object> items = Values.iterator(value); items.hasNext(); ) {
        interpreter.budget().step();
        Object item = items.next();
        Object seen = looked.apply(item);
        boolean holds =
            test.isEmpty() ? Values.isTrue(seen) : Tests.apply(test, interpreter, seen, rest);
        if (holds == wanted) {
          interpreter.budget().elements(1);
          selected.add(item);
        }
      }
      return selected;
    });
  }

  /** Follows {@code a.b.0}: names and indices between points; None takes the item itself. */
  static UnaryOperator<Object> attribute(
      Interpreter interpreter, Object path, @Nullable Object otherwise) {
    if (path instanceof None) {
      return item -> item;
    }
    String text = Values.text(path);
    List<Object> keys = new ArrayList<>();
    if (text == null) {
      keys.add(path);
    } else {
      for (String key : text.split("\\.", -1)) {
        boolean index =
            !key.isEmpty() && key.length() < 10 && key.chars().allMatch(c -> c >= '0' && c <= '9');
        keys.add(index ? (Object) Long.valueOf(key) : key);
      }
    }
    interpreter.budget().elements(keys.size());
    return item -> {
      Object value = item;
      for (Object key : keys) {
        interpreter.budget().step();
        value = Members.item(value, key, interpreter.budget());
        if (value instanceof Undefined && otherwise != null) {
          value = otherwise;
        }
      }
      return value;
    };
  }
}
