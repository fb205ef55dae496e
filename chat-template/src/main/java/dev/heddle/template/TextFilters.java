package dev.heddle.template;

import dev.heddle.template.Args.Bound;
import dev.heddle.template.Filters.Filter;
import dev.heddle.template.Values.Markup;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters about text. A value that is no text counts as {@code str} of it. */
final class TextFilters {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");
  private static final String WORD_BREAKS = "-({[<";

  private TextFilters() {}

  static void register(Map<String, Filter> filters) {
    for (String name : List.of("upper", "lower", "capitalize")) {
      filters.put(
          name,
          (in, value, args) -> {
            args.bind(name);
            return StringMethods.recased(in.str(value), name);
          });
    }
    filters.put("trim", TextFilters::trim);
    filters.put("title", (in, value, args) -> title(in.str(value)));
    filters.put("string", (in, value, args) -> value instanceof Markup ? value : in.str(value));
    filters.put(
        "safe", (in, value, args) -> value instanceof Markup ? value : new Markup(in.str(value)));
    filters.put("escape", TextFilters::escape);
    filters.put("e", TextFilters::escape);
    filters.put("forceescape", (in, value, args) -> escaped(in, in.str(value)));
    filters.put("replace", TextFilters::replace);
    filters.put("format", (in, value, args) -> format(in, value, args));
    filters.put("indent", TextFilters::indent);
    filters.put("center", TextFilters::center);
    filters.put("truncate", TextFilters::truncate);
    filters.put("wordcount", TextFilters::wordCount);
    filters.put("urlencode", TextFilters::urlEncode);
  }

  private static Object trim(Interpreter in, Object value, Args args) {
    String chars = args.bind("trim", "chars").optionalText(0);
    return StringMethods.strip(in.str(value), chars, true, true);
  }

  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    boolean begins = true;
    for (int c : text.codePoints().toArray()) {
      String letter = Character.toString(c);
      out.append(begins ? letter.toUpperCase(Locale.ROOT) : letter.toLowerCase(Locale.ROOT));
      begins = Chars.isSpace(c) || WORD_BREAKS.indexOf(c) >= 0;
    }
    return out.toString();
  }

  private static Object escape(Interpreter in, Object value, Args args) {
    args.bind("escape");
    return value instanceof Markup ? value : escaped(in, in.str(value));
  }

  private static Markup escaped(Interpreter in, String text) {
    in.budget().charge(text.length());
    return new Markup(in.budget().made(Markups.escape(text)));
  }

  private static Object replace(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("replace", "old", "new", "count");
    int most = bound.optional(2) == null ? -1 : bound.number(2, -1);
    return Splits.replace(
        in.str(value), in.str(bound.required(0)), in.str(bound.required(1)), most, in.budget());
  }

  private static Object format(Interpreter in, Object value, Args args) {
    if (!args.named().isEmpty() && !args.positional().isEmpty()) {
      throw new Fault("can't handle positional and keyword arguments at the same time");
    }
    Object operand = new Values.Tuple(args.positional());
    if (!args.named().isEmpty()) {
      Dict named = new Dict();
      args.named().forEach(named::put);
      operand = named;
    }
    return PercentFormat.apply(in.str(value), operand, in);
  }

  private static Object indent(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("indent", "width", "first", "blank");
    String width = Values.text(bound.get(0, 4L));
    int spaces = width == null ? Math.max(0, bound.number(0, 4)) : 0;
    String text = in.str(value);
    List<Object> lines = Splits.lines(text + "\n", false, in.budget());
    in.budget().charge((long) lines.size() * (width == null ? spaces : width.length()));
    String indention = width == null ? " ".repeat(checked(in, spaces)) : width;
    boolean blank = bound.flag(2, false);
    StringBuilder out = new StringBuilder(bound.flag(1, false) ? indention : "");
    for (int i = 0; i < lines.size(); i++) {
      String line = (String) lines.get(i);
      out.append(i == 0 ? "" : "\n");
      out.append(i > 0 && (blank || !line.isEmpty()) ? indention : "").append(line);
    }
    return out.toString();
  }

  private static int checked(Interpreter in, int length) {
    in.budget().charge(length);
    return length;
  }

  private static Object center(Interpreter in, Object value, Args args) {
    int width = args.bind("center", "width").number(0, 80);
    return StringMethods.justified(in.str(value), "center", width, " ", in.budget());
  }

  private static Object truncate(Interpreter in, Object value, Args args) {
    Bound bound = args.bind("truncate", "length", "killwords", "end", "leeway");
    int length = bound.number(0, 255);
    String end = bound.text(2, "...");
    int leeway = bound.optional(3) == null ? 5 : bound.number(3, 5);
    if (length < Chars.count(end)) {
      throw new Fault("expected length >= " + Chars.count(end) + ", got " + length);
    }
    if (leeway < 0) {
      throw new Fault("expected leeway >= 0, got " + leeway);
    }
    String text = in.str(value);
    if (Chars.count(text) <= (long) length + leeway) {
      return text;
    }
    String cut = text.substring(0, text.offsetByCodePoints(0, length - Chars.count(end)));
    int space = cut.lastIndexOf(' ');
    return (bound.flag(1, false) || space < 0 ? cut : cut.substring(0, space)) + end;
  }

  private static Object wordCount(Interpreter in, Object value, Args args) {
    args.bind("wordcount");
    Matcher words = WORD.matcher(in.str(value));
    long count = 0;
    while (words.find()) {
      count++;
    }
    return count;
  }

  private static Object urlEncode(Interpreter in, Object value, Args args) {
    args.bind("urlencode");
    if (Values.text(value) != null || !Values.isIterable(value)) {
      return quoted(in, value, true);
    }
    List<String> pairs = new ArrayList<>();
    for (Object item : value instanceof Dict dict ? dict.items() : in.list(value)) {
      List<Object> pair = in.list(item);
      if (pair.size() != 2) {
        throw new Fault("not enough values to unpack (expected 2, got " + pair.size() + ")");
      }
      pairs.add(quoted(in, pair.get(0), false) + "=" + quoted(in, pair.get(1), false));
    }
    return String.join("&", pairs);
  }

  private static String quoted(Interpreter in, Object value, boolean path) {
    String text = in.str(value);
    in.budget().charge(4L * text.length());
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xFF);
      boolean plain =
          c < 128 && (Character.isLetterOrDigit(c) || "_.-~".indexOf(c) >= 0 || (path && c == '/'));
      if (plain) {
        out.append(c);
      } else if (c == ' ' && !path) {
        out.append('+');
      } else {
        out.append("%%%02X".formatted((int) c));
      }
    }
    return out.toString();
  }
}
