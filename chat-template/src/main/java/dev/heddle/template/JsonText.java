package dev.heddle.template;

import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Tuple;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Python's {@code json.dumps}, which the filter {@code tojson} is here: no HTML escaping. */
final class JsonText {
  private final StringBuilder out = new StringBuilder();
  private final Budget budget;
  private final boolean ascii;
  private final @Nullable String indent;
  private final String itemSeparator;
  private final String keySeparator;
  private final boolean sorted;

  private JsonText(Args.Bound args, Budget budget) {
    this.budget = budget;
    this.ascii = args.flag(0, false);
    Object step = args.optional(1);
    String text = step == null ? null : Values.text(step);
    this.indent =
        step == null || text != null ? text : " ".repeat(Math.clamp(Numbers.index(step), 0, 1000));
    List<Object> separators = Values.sequence(args.get(2, None.NONE));
    if (separators == null || separators.size() != 2) {
      this.itemSeparator = indent == null ? ", " : ",";
      this.keySeparator = ": ";
    } else {
      this.itemSeparator = Repr.str(separators.get(0), 100);
      this.keySeparator = Repr.str(separators.get(1), 100);
    }
    this.sorted = args.flag(3, false);
  }

  static Object filter(Interpreter interpreter, Object value, Args args) {
    Args.Bound bound = args.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
    JsonText json = new JsonText(bound, interpreter.budget());
    json.write(value, 0);
    return json.out.toString();
  }

  private void write(Object value, int depth) {
    budget.charge(16);
    if (depth > Values.DEPTH || out.length() > budget.limits().output()) {
      throw new Fault("a value is too large or nested too deep for JSON");
    }
    String text = Values.text(value);
    if (text != null) {
      quote(text);
      return;
    }
    switch (value) {
      case Boolean b -> out.append(b ? "true" : "false");
      case None n -> out.append("null");
      case Double d -> out.append(real(d));
      case Number n -> out.append(n);
      case Tuple tuple -> array(tuple.items(), depth);
      case List<?> list when !(list instanceof Range) -> array(Values.cast(list), depth);
      case Dict dict -> object(dict, depth);
      default ->
          throw new Fault("Object of type " + Values.typeName(value) + " is not JSON serializable");
    }
  }

  private static String real(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    return Double.isNaN(value) ? "NaN" : Numbers.repr(value);
  }

  private void array(List<Object> items, int depth) {
    if (items.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append('[');
    for (int i = 0; i < items.size(); i++) {
      out.append(i == 0 ? "" : itemSeparator);
      line(depth + 1);
      write(items.get(i), depth + 1);
    }
    line(depth);
    out.append(']');
  }

  private void object(Dict dict, int depth) {
    if (dict.size() == 0) {
      out.append("{}");
      return;
    }
    out.append('{');
    List<Object> keys = new ArrayList<>(dict.keys());
    if (sorted) {
      keys.sort((a, b) -> Compare.order(a, b, budget));
    }
    String separator = "";
    for (Object key : keys) {
      Object value = dict.get(key);
      if (value == null) {
        continue;
      }
      out.append(separator);
      line(depth + 1);
      key(key);
      out.append(keySeparator);
      write(value, depth + 1);
      separator = itemSeparator;
    }
    line(depth);
    out.append('}');
  }

  private void key(Object key) {
    String text = Values.text(key);
    if (text != null) {
      quote(text);
      return;
    }
    switch (key) {
      case Boolean b -> out.append(b ? "\"true\"" : "\"false\"");
      case None n -> out.append("\"null\"");
      case Double d -> out.append('"').append(real(d)).append('"');
      case Number n -> out.append('"').append(n).append('"');
      default ->
          throw new Fault(
              "keys must be str, int, float, bool or None, not " + Values.typeName(key));
    }
  }

  private void line(int depth) {
    if (indent != null) {
      budget.charge((long) indent.length() * depth);
      out.append('\n').repeat(indent, depth);
    }
  }

  private void quote(String text) {
    budget.charge(text.length());
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c < 0x20 || (ascii && c > 0x7E)) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
