package dev.heddle.template;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code str.format}: fields by position or name, with attributes, items and a layout. */
final class BraceFormat {
  private static final Pattern PATH = Pattern.compile("\\.(\\w+)|\\[([^\\]]+)\\]");
  private static final Pattern SPEC =
      Pattern.compile(
          "(?:(?<fill>.)(?=[<>=^]))?(?<align>[<>=^])?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?"
              + "(?<width>\\d+)?(?<comma>,)?(?:\\.(?<precision>\\d+))?(?<type>[a-zA-Z%])?",
          Pattern.DOTALL);

  private final Args args;
  private final Interpreter interpreter;
  private int next;

  private BraceFormat(Args args, Interpreter interpreter) {
    this.args = args;
    this.interpreter = interpreter;
  }

  static String apply(String format, Args args, Interpreter interpreter) {
    return new BraceFormat(args, interpreter).run(format);
  }

  private String run(String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      boolean doubled = i + 1 < format.length() && format.charAt(i + 1) == c;
      if ((c == '{' || c == '}') && doubled) {
        out.append(c);
        i++;
      } else if (c == '{') {
        int close = close(format, i);
        String text = field(format.substring(i + 1, close));
        interpreter.budget().charge(text.length());
        out.append(text);
        i = close;
      } else if (c == '}') {
        throw new Fault("Single '}' encountered in format string");
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** The brace that closes a field; one more level may stand inside, in its layout. */
  private static int close(String format, int open) {
    int depth = 0;
    for (int i = open; i < format.length(); i++) {
      depth += format.charAt(i) == '{' ? 1 : format.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw new Fault("expected '}' before end of string");
  }

  private String field(String field) {
    interpreter.budget().step();
    int colon = field.indexOf(':');
    String head = colon < 0 ? field : field.substring(0, colon);
    String spec = colon < 0 ? "" : field.substring(colon + 1);
    int bang = head.indexOf('!');
    Object value = value(bang < 0 ? head : head.substring(0, bang));
    if (bang >= 0) {
      value =
          switch (head.substring(bang + 1)) {
            case "s" -> interpreter.str(value);
            case "r", "a" -> Repr.of(value, interpreter.budget().left());
            default -> throw new Fault("Unknown conversion specifier");
          };
    }
    return laidOut(value, spec.contains("{") ? run(spec) : spec);
  }

  private Object value(String path) {
    Matcher steps = PATH.matcher(path);
    boolean any = steps.find();
    String first = any ? path.substring(0, steps.start()) : path;
    Object value;
    if (first.isEmpty() || first.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int index = first.isEmpty() ? next++ : FormatSpec.number(first, 0, first.length());
      if (index >= args.positional().size()) {
        throw new Fault("Replacement index " + index + " out of range for positional args tuple");
      }
      value = args.positional().get(index);
    } else {
      Object named = args.named().get(first);
      if (named == null) {
        throw new Fault(Repr.of(first));
      }
      value = named;
    }
    for (; any; any = steps.find()) {
      String item = steps.group(2);
      boolean number = item != null && item.chars().allMatch(c -> c >= '0' && c <= '9');
      Object key = number ? (Object) (long) FormatSpec.number(item, 0, item.length()) : item;
      value =
          item == null
              ? Members.attribute(value, steps.group(1))
              : Members.item(value, key == null ? "" : key, interpreter.budget());
    }
    return value;
  }

  private String laidOut(Object value, String text) {
    if (text.isEmpty()) {
      return interpreter.str(value);
    }
    Matcher spec = SPEC.matcher(text);
    if (!spec.matches()) {
      throw new Fault("Invalid format specifier '" + text + "'");
    }
    boolean number = Numbers.isNumber(value);
    boolean zero = spec.group("zero") != null;
    String align = spec.group("align");
    String fill = spec.group("fill");
    String sign = spec.group("sign");
    String width = spec.group("width");
    String precision = spec.group("precision");
    FormatSpec layout =
        new FormatSpec(
            fill != null ? fill.codePointAt(0) : zero ? '0' : ' ',
            align != null ? align.charAt(0) : zero && number ? '=' : number ? '>' : '<',
            sign == null || sign.equals("-") ? 0 : sign.charAt(0),
            spec.group("alternate") != null,
            spec.group("comma") != null,
            width == null ? 0 : FormatSpec.number(width, 0, width.length()),
            precision == null ? -1 : FormatSpec.number(precision, 0, precision.length()));
    String type = spec.group("type");
    return number
        ? number(value, type == null ? 0 : type.charAt(0), layout)
        : text(value, type, layout);
  }

  private String text(Object value, @Nullable String type, FormatSpec layout) {
    if (type != null && !type.equals("s")) {
      throw new Fault(
          "Unknown format code '" + type + "' for object of type '" + Values.typeName(value) + "'");
    }
    if (Values.text(value) == null) {
      throw new Fault(
          "unsupported format string passed to " + Values.typeName(value) + ".__format__");
    }
    return layout.text(interpreter.str(value), interpreter.budget());
  }

  private String number(Object value, char type, FormatSpec layout) {
    Budget budget = interpreter.budget();
    BigInteger integer = FormatSpec.asInteger(value, false);
    return switch (type) {
      case 'f', 'F', 'e', 'E', 'g', 'G' -> layout.real(Numbers.real(value), type, budget);
      case '%' -> layout.real(Numbers.real(value) * 100, 'f', budget) + "%";
      case 'd', 'x', 'X', 'o', 'b', 0 -> {
        if (integer != null) {
          yield layout.integer(integer, type == 0 ? 'd' : type, budget);
        }
        if (type != 0) {
          throw new Fault("Unknown format code '" + type + "' for object of type 'float'");
        }
        yield layout.precision() >= 0
            ? layout.real(Numbers.real(value), 'g', budget)
            : layout.text(Numbers.repr(Numbers.real(value)), budget);
      }
      default ->
          throw new Fault(
              "Unknown format code '"
                  + type
                  + "' for object of type '"
                  + Values.typeName(value)
                  + "'");
    };
  }
}
