package dev.heddle.template;

import dev.heddle.template.Filters.Filter;
import dev.heddle.template.Values.Markup;
import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Tuple;
import dev.heddle.template.Values.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Filters that Jinja has and hardly a chat template uses. */
final class RareFilters {
  private static final List<String> DECIMAL =
      List.of("kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB");
  private static final List<String> BINARY =
      List.of("KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB");

  private RareFilters() {}

  static void register(Map<String, Filter> filters) {
    filters.put("wordwrap", RareFilters::wordWrap);
    filters.put("striptags", RareFilters::stripTags);
    filters.put("filesizeformat", RareFilters::fileSize);
    filters.put("random", RareFilters::random);
    filters.put("xmlattr", RareFilters::xmlAttributes);
    filters.put(
        "pprint",
        (in, value, args) -> {
          args.bind("pprint");
          return Repr.of(value, in.budget().left());
        });
  }

  private static Object random(Interpreter in, Object value, Args args) {
    args.bind("random");
    List<Object> items = in.list(value);
    if (items.isEmpty()) {
      throw new Fault("No random item, sequence was empty.");
    }
    return items.get(ThreadLocalRandom.current().nextInt(items.size()));
  }

  private static Object fileSize(Interpreter in, Object value, Args args) {
    boolean binary = args.bind("filesizeformat", "binary").flag(0, false);
    String text = Values.text(value);
    Double parsed = text == null ? null : Numbers.parseFloat(text);
    if (parsed == null && !Numbers.isNumber(value)) {
      throw new Fault("could not convert to float: " + Repr.of(value));
    }
    double bytes = parsed == null ? Numbers.real(value) : parsed;
    int base = binary ? 1024 : 1000;
    if (bytes == 1) {
      return "1 Byte";
    }
    if (bytes < base) {
      return (long) bytes + " Bytes";
    }
    double unit = base;
    String prefix = "";
    for (String next : binary ? BINARY : DECIMAL) {
      prefix = next;
      unit *= base;
      if (bytes < unit) {
        break;
      }
    }
    return String.format(Locale.ROOT, "%.1f %s", base * bytes / unit, prefix);
  }

  private static Object xmlAttributes(Interpreter in, Object value, Args args) {
    boolean space = args.bind("xmlattr", "autospace").flag(0, true);
    if (!(value instanceof Dict dict)) {
      throw new Fault("'" + Values.typeName(value) + "' object has no attribute 'items'");
    }
    List<String> attributes = new ArrayList<>();
    for (Object item : dict.items()) {
      Object name = ((Tuple) item).items().get(0);
      Object content = ((Tuple) item).items().get(1);
      if (content instanceof None || content instanceof Undefined) {
        continue;
      }
      String key = in.str(name);
      if (key.codePoints().anyMatch(c -> Chars.isSpace(c) || c == '/' || c == '>' || c == '=')) {
        throw new Fault("Invalid character in attribute name: " + Repr.of(name));
      }
      String shown =
          content instanceof Markup markup ? markup.text() : Markups.escape(in.str(content));
      attributes.add(Markups.escape(key) + "=\"" + shown + "\"");
    }
    String joined = String.join(" ", attributes);
    return new Markup(in.budget().made(space && !joined.isEmpty() ? " " + joined : joined));
  }

  private static Object stripTags(Interpreter in, Object value, Args args) {
    args.bind("striptags");
    String text = value instanceof Markup markup ? markup.text() : in.str(value);
    in.budget().charge(4L * text.length());
    String bare = without(without(text, "<!--", "-->"), "<", ">");
    StringBuilder words = new StringBuilder();
    for (Object word : Splits.split(bare, null, -1, false, in.budget())) {
      words.append(words.isEmpty() ? "" : " ").append(word);
    }
    return words
        .toString()
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }

  /** The text without what stands from an opening to the next closing. */
  private static String without(String text, String open, String close) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (true) {
      int from = text.indexOf(open, at);
      int to = from < 0 ? -1 : text.indexOf(close, from + open.length());
      if (to < 0) {
        return out.append(text, at, text.length()).toString();
      }
      out.append(text, at, from);
      at = to + close.length();
    }
  }

  private static Object wordWrap(Interpreter in, Object value, Args args) {
    Args.Bound bound =
        args.bind("wordwrap", "width", "break_long_words", "wrapstring", "break_on_hyphens");
    int width = bound.number(0, 79);
    if (width < 1) {
      throw new Fault("invalid width " + width + " (must be > 0)");
    }
    boolean breaks = bound.flag(1, true);
    String newline = bound.optional(2) == null ? "\n" : bound.text(2);
    boolean hyphens = bound.flag(3, true);
    List<String> lines = new ArrayList<>();
    for (Object line : Splits.lines(in.str(value), false, in.budget())) {
      lines.add(String.join(newline, WordWrap.lines((String) line, width, breaks, hyphens)));
    }
    String wrapped = String.join(newline, lines);
    in.budget().charge(wrapped.length());
    return wrapped;
  }
}
