package dev.heddle.template;

import dev.heddle.template.Values.DictView;
import dev.heddle.template.Values.Markup;
import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Tuple;
import dev.heddle.template.Values.Undefined;
import java.math.BigInteger;
import java.util.List;

/** Python's {@code str} and {@code repr}. */
final class Repr {
  private final StringBuilder out = new StringBuilder();
  private final long limit;

  private Repr(long limit) {
    this.limit = limit;
  }

  /** {@code str(value)}, refused if longer than {@code limit}. */
  static String str(Object value, long limit) {
    String text = Values.text(value);
    if (text != null) {
      return text;
    }
    if (value instanceof Undefined) {
      return "";
    }
    Repr repr = new Repr(limit);
    repr.append(value, 0);
    return repr.out.toString();
  }

  /** {@code repr(value)} for a message: cut short where it is long. */
  static String of(Object value) {
    Repr repr = new Repr(1000);
    try {
      repr.append(value, 0);
    } catch (Fault tooLong) {
      repr.out.append("...");
    }
    return repr.out.toString();
  }

  /** {@code repr(value)}, refused if longer than {@code limit}. */
  static String of(Object value, long limit) {
    Repr repr = new Repr(limit);
    repr.append(value, 0);
    return repr.out.toString();
  }

  private void append(Object value, int depth) {
    if (out.length() > limit || depth > Values.DEPTH) {
      throw new Fault("a value is too large or nested too deep to be written out");
    }
    switch (value) {
      case String s -> quote(s);
      case Markup m -> {
        out.append("Markup(");
        quote(m.text());
        out.append(')');
      }
      case Boolean b -> out.append(b ? "True" : "False");
      case None n -> out.append("None");
      case Undefined u -> out.append("Undefined");
      case Double d -> out.append(Numbers.repr(d));
      case Long n -> out.append((long) n);
      case BigInteger n -> out.append(n);
      case Range r -> range(r);
      case List<?> list -> items("[", Values.cast(list), "]", depth);
      case Tuple t -> items("(", t.items(), t.items().size() == 1 ? ",)" : ")", depth);
      case Dict d -> dict(d, depth);
      case DictView v -> items(v.type() + "([", v.items(), "])", depth);
      case Namespace n -> {
        out.append("<Namespace ");
        dict(n.attributes, depth);
        out.append('>');
      }
      case Loop loop ->
          out.append("<LoopContext ")
              .append(loop.index())
              .append('/')
              .append(loop.length())
              .append('>');
      case Macro macro ->
          out.append("<Macro ")
              .append(macro.name() == null ? "anonymous" : "'" + macro.name() + "'")
              .append('>');
      default -> out.append('<').append(Values.typeName(value)).append(" object>");
    }
  }

  private void range(Range range) {
    out.append("range(").append(range.start).append(", ").append(range.stop);
    if (range.step != 1) {
      out.append(", ").append(range.step);
    }
    out.append(')');
  }

  private void items(String open, List<Object> items, String close, int depth) {
    out.append(open);
    String separator = "";
    for (Object item : items) {
      out.append(separator);
      append(item, depth + 1);
      separator = ", ";
    }
    out.append(close);
  }

  private void dict(Dict dict, int depth) {
    out.append('{');
    String separator = "";
    for (Object item : dict.items()) {
      List<Object> pair = ((Tuple) item).items();
      out.append(separator);
      append(pair.get(0), depth + 1);
      out.append(": ");
      append(pair.get(1), depth + 1);
      separator = ", ";
    }
    out.append('}');
  }

  private void quote(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    text.codePoints().forEach(c -> character(c, quote));
    out.append(quote);
  }

  private void character(int c, char quote) {
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      case '\\' -> out.append("\\\\");
      default -> {
        if (c == quote) {
          out.append('\\').append(quote);
        } else if (Chars.isPrintable(c)) {
          out.appendCodePoint(c);
        } else if (c < 0x100) {
          out.append("\\x%02x".formatted(c));
        } else {
          out.append((c < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(c));
        }
      }
    }
  }
}
