package dev.heddle.template;

import java.util.HashMap;
import java.util.Map;

/** What stands after {@code |}, by name. */
final class Filters {
  /** One filter. */
  interface Filter {
    Object apply(Interpreter interpreter, Object value, Args args);
  }

  private static final Map<String, Filter> FILTERS = new HashMap<>();

  static {
    TextFilters.register(FILTERS);
    NumberFilters.register(FILTERS);
    SequenceFilters.register(FILTERS);
    Selection.register(FILTERS);
    Sorting.register(FILTERS);
    RareFilters.register(FILTERS);
    FILTERS.put("tojson", JsonText::filter);
  }

  private Filters() {}

  static boolean exists(String name) {
    return FILTERS.containsKey(name);
  }

  static Object apply(String name, Interpreter interpreter, Object value, Args args) {
    Filter filter = FILTERS.get(name);
    if (filter == null) {
      throw new Fault("No filter named '" + name + "'.");
    }
    interpreter.budget().touch(value);
    args.positional().forEach(interpreter.budget()::touch);
    Object result = filter.apply(interpreter, value, args);
    return result instanceof String text ? interpreter.budget().made(text) : result;
  }
}
