package dev.heddle.template;

import dev.heddle.template.Values.DictView;
import dev.heddle.template.Values.Function;
import dev.heddle.template.Values.None;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The methods of lists, tuples and dicts, as far as they change nothing. */
final class Collections {
  private Collections() {}

  static @Nullable Function method(Dict dict, String name) {
    return switch (name) {
      case "get" ->
          (interpreter, args) -> {
            Args.Bound bound = args.bind("get", "key", "default");
            interpreter.budget().touch(bound.required(0));
            Object value = dict.get(bound.required(0));
            return value == null ? bound.get(1, None.NONE) : value;
          };
      case "items" -> (interpreter, args) -> view("dict_items", dict, interpreter, args);
      case "keys" -> (interpreter, args) -> view("dict_keys", dict, interpreter, args);
      case "values" -> (interpreter, args) -> view("dict_values", dict, interpreter, args);
      case "copy" ->
          (interpreter, args) -> {
            args.bind("copy");
            interpreter.budget().elements(4L * dict.size());
            Dict copy = new Dict();
            copy.putAll(dict);
            return copy;
          };
      default -> null;
    };
  }

  static @Nullable Function method(List<Object> list, String name) {
    return switch (name) {
      case "index" -> (interpreter, args) -> index(list, interpreter, args);
      case "count" ->
          (interpreter, args) -> {
            Object wanted = args.bind("count", "value").required(0);
            return list.stream()
                .filter(item -> Compare.equal(item, wanted, interpreter.budget()))
                .count();
          };
      case "copy" ->
          (interpreter, args) -> {
            args.bind("copy");
            interpreter.budget().elements(list.size());
            return new ArrayList<>(list);
          };
      default -> null;
    };
  }

  private static Object view(String type, Dict dict, Interpreter interpreter, Args args) {
    args.bind(type);
    interpreter.budget().elements(4L * dict.size());
    List<Object> items =
        switch (type) {
          case "dict_keys" -> dict.keys();
          case "dict_values" -> dict.values();
          default -> dict.items();
        };
    return new DictView(type, items);
  }

  private static Object index(List<Object> list, Interpreter interpreter, Args args) {
    Args.Bound bound = args.bind("index", "value", "start", "stop");
    int start = at(bound.number(1, 0), list.size());
    int stop = at(bound.number(2, Integer.MAX_VALUE), list.size());
    for (int i = start; i < stop; i++) {
      if (Compare.equal(list.get(i), bound.required(0), interpreter.budget())) {
        return (long) i;
      }
    }
    throw new Fault(Repr.of(bound.required(0)) + " is not in list");
  }

  private static int at(int index, int size) {
    return Math.clamp(index < 0 ? (long) index + size : index, 0, size);
  }
}
