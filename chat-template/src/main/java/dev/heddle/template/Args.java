package dev.heddle.template;

import dev.heddle.template.Values.None;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of one call, evaluated. */
record Args(List<Object> positional, Map<String, Object> named) {
  static final Args NONE = new Args(List.of(), Map.of());

  static Args of(Object... positional) {
    return new Args(List.of(positional), Map.of());
  }

  /** Without the first {@code count} positional ones. */
  Args after(int count) {
    return new Args(
        positional.subList(Math.min(count, positional.size()), positional.size()), named);
  }

  /** Gives each parameter its argument, as a Python function with these parameters does. */
  Bound bind(String callee, String... parameters) {
    if (positional.size() > parameters.length) {
      throw new Fault(
          callee
              + "() takes at most "
              + parameters.length
              + " arguments, "
              + positional.size()
              + " given");
    }
    List<@Nullable Object> values = new ArrayList<>(positional);
    int used = 0;
    for (int i = 0; i < parameters.length; i++) {
      Object value = named.get(parameters[i]);
      if (value != null) {
        used++;
      }
      if (i >= positional.size()) {
        values.add(value);
      } else if (value != null) {
        throw new Fault(callee + "() got multiple values for argument '" + parameters[i] + "'");
      }
    }
    if (used < named.size()) {
      String unknown =
          named.keySet().stream()
              .filter(n -> !List.of(parameters).contains(n))
              .findFirst()
              .orElse("");
      throw new Fault(callee + "() got an unexpected keyword argument '" + unknown + "'");
    }
    return new Bound(callee, parameters, values);
  }

  /** Arguments by parameter. */
  static final class Bound {
    private final String callee;
    private final String[] parameters;
    private final List<@Nullable Object> values;

    Bound(String callee, String[] parameters, List<@Nullable Object> values) {
      this.callee = callee;
      this.parameters = parameters;
      this.values = values;
    }

    @Nullable Object get(int parameter) {
      return values.get(parameter);
    }

    Object get(int parameter, Object otherwise) {
      Object value = values.get(parameter);
      return value == null ? otherwise : value;
    }

    Object required(int parameter) {
      Object value = values.get(parameter);
      if (value == null) {
        throw new Fault(callee + "() missing required argument: '" + parameters[parameter] + "'");
      }
      return value;
    }

    /** The argument, None counting as not given. */
    @Nullable Object optional(int parameter) {
      Object value = values.get(parameter);
      return value instanceof None ? null : value;
    }

    boolean flag(int parameter, boolean otherwise) {
      return Values.isTrue(get(parameter, otherwise));
    }

    int number(int parameter, int otherwise) {
      Object value = get(parameter);
      return value == null ? otherwise : Numbers.index(value);
    }

    String text(int parameter, String otherwise) {
      Object value = get(parameter);
      return value == null ? otherwise : string(value);
    }

    String text(int parameter) {
      return string(required(parameter));
    }

    /** The argument as text, or null if it is not given or None. */
    @Nullable String optionalText(int parameter) {
      Object value = optional(parameter);
      return value == null ? null : string(value);
    }

    private String string(Object value) {
      String text = Values.text(value);
      if (text == null) {
        throw new Fault(callee + "() argument must be str, not " + Values.typeName(value));
      }
      return text;
    }
  }
}
