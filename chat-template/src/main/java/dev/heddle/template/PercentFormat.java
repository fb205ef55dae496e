package dev.heddle.template;

import dev.heddle.template.Values.Tuple;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code format % values}. */
final class PercentFormat {
  private static final Pattern FIELD =
      Pattern.compile(
          "%(?:\\((?<name>[^)]*)\\))?(?<flags>[-+ #0]*)(?<width>\\*|\\d+)?"
              + "(?:\\.(?<precision>\\*|\\d*))?[hlL]?(?<type>.)?",
          Pattern.DOTALL);

  private final List<Object> values;
  private final Object operand;
  private final Interpreter interpreter;
  private int used;
  private boolean named;

  private PercentFormat(Object operand, Interpreter interpreter) {
    this.operand = operand;
    this.values = operand instanceof Tuple tuple ? tuple.items() : List.of(operand);
    this.interpreter = interpreter;
  }

  static String apply(String format, Object operand, Interpreter interpreter) {
    return new PercentFormat(operand, interpreter).run(format);
  }

  private String run(String format) {
    StringBuilder out = new StringBuilder();
    Matcher field = FIELD.matcher(format);
    int from = 0;
    while (from < format.length() && field.find(from)) {
      interpreter.budget().step();
      out.append(format, from, field.start()).append(field(field));
      from = field.end();
    }
    out.append(format, Math.min(from, format.length()), format.length());
    boolean mapping = operand instanceof Dict || operand instanceof List<?>;
    if (!named && used < values.size() && !mapping) {
      throw new Fault("not all arguments converted during string formatting");
    }
    return out.toString();
  }

  private String field(Matcher field) {
    String type = field.group("type");
    if (type == null) {
      throw new Fault("incomplete format");
    }
    if (type.equals("%")) {
      return "%";
    }
    Object fromName = field.group("name") == null ? "" : lookup(field.group("name"));
    String flags = field.group("flags");
    int width = size(field.group("width"), 0);
    int precision = field.group("precision") == null ? -1 : size(field.group("precision"), 0);
    Object value = field.group("name") == null ? next() : fromName;
    boolean left = flags.contains("-") || width < 0;
    boolean number = "sra".indexOf(type.charAt(0)) < 0;
    boolean zeros = flags.contains("0") && !left && number;
    char sign = flags.contains("+") ? '+' : flags.contains(" ") ? ' ' : 0;
    FormatSpec spec =
        new FormatSpec(
            zeros ? '0' : ' ',
            left ? '<' : zeros ? '=' : '>',
            sign,
            flags.contains("#"),
            false,
            Math.abs(Math.max(width, -Integer.MAX_VALUE)),
            precision);
    return converted(value, type.charAt(0), spec);
  }

  private String converted(Object value, char type, FormatSpec spec) {
    Budget budget = interpreter.budget();
    return switch (type) {
      case 's' -> spec.text(interpreter.str(value), budget);
      case 'r', 'a' -> spec.text(Repr.of(value, budget.left()), budget);
      case 'c' -> spec.text(character(value), budget);
      case 'd', 'i', 'u' -> spec.integer(integer(value, type, true), 'd', budget);
      case 'x', 'X', 'o' -> spec.integer(integer(value, type, false), type, budget);
      case 'e', 'E', 'f', 'F', 'g', 'G' -> spec.real(Numbers.real(value), type, budget);
      default -> throw new Fault("unsupported format character '" + type + "'");
    };
  }

  private static BigInteger integer(Object value, char type, boolean truncates) {
    BigInteger integer = FormatSpec.asInteger(value, truncates);
    if (integer == null) {
      throw new Fault(
          "%"
              + type
              + (truncates ? " format: a real number" : " format: an integer")
              + " is required, not "
              + Values.typeName(value));
    }
    return integer;
  }

  private static String character(Object value) {
    String text = Values.text(value);
    if (text != null && Chars.count(text) == 1) {
      return text;
    }
    int c = Numbers.isInteger(value) ? Numbers.index(value) : -1;
    if (!Character.isValidCodePoint(c)) {
      throw new Fault("the format c requires an int or a char");
    }
    return Character.toString(c);
  }

  private int size(@Nullable String digits, int otherwise) {
    if (digits == null) {
      return otherwise;
    }
    return digits.equals("*")
        ? Numbers.index(next())
        : FormatSpec.number(digits, 0, digits.length());
  }

  private Object next() {
    if (used >= values.size()) {
      throw new Fault("not enough arguments for format string");
    }
    return values.get(used++);
  }

  private Object lookup(String name) {
    named = true;
    if (!(operand instanceof Dict dict)) {
      throw new Fault("format requires a mapping");
    }
    Object value = dict.get(name);
    if (value == null) {
      throw new Fault(Repr.of(name));
    }
    return value;
  }
}
