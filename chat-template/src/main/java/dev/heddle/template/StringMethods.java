package dev.heddle.template;

import dev.heddle.template.Values.Function;
import dev.heddle.template.Values.None;
import dev.heddle.template.Values.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's str. */
final class StringMethods {
  static final Set<String> NAMES =
      Set.of(
          "capitalize",
          "casefold",
          "center",
          "count",
          "endswith",
          "expandtabs",
          "find",
          "format",
          "index",
          "isalnum",
          "isalpha",
          "isascii",
          "isdecimal",
          "isdigit",
          "isidentifier",
          "islower",
          "isnumeric",
          "isspace",
          "istitle",
          "isupper",
          "join",
          "ljust",
          "lower",
          "lstrip",
          "partition",
          "removeprefix",
          "removesuffix",
          "replace",
          "rfind",
          "rindex",
          "rjust",
          "rpartition",
          "rsplit",
          "rstrip",
          "split",
          "splitlines",
          "startswith",
          "strip",
          "swapcase",
          "title",
          "upper",
          "zfill");

  private StringMethods() {}

  static Function method(String self, String name) {
    return (interpreter, args) -> {
      Budget budget = interpreter.budget();
      budget.touch(self);
      args.positional().forEach(budget::touch);
      Object value = call(self, name, interpreter, args);
      return value instanceof String text ? budget.made(text) : value;
    };
  }

  private static Object call(String self, String name, Interpreter interpreter, Args args) {
    return switch (name) {
      case "upper", "lower", "capitalize", "casefold", "title", "swapcase" -> {
        args.bind(name);
        yield recased(self, name);
      }
      case "strip", "lstrip", "rstrip" ->
          strip(
              self,
              args.bind(name, "chars").optionalText(0),
              !name.equals("rstrip"),
              !name.equals("lstrip"));
      case "split", "rsplit" -> {
        Args.Bound bound = args.bind(name, "sep", "maxsplit");
        yield Splits.split(
            self,
            bound.optionalText(0),
            bound.number(1, -1),
            name.equals("rsplit"),
            interpreter.budget());
      }
      case "splitlines" ->
          Splits.lines(self, args.bind(name, "keepends").flag(0, false), interpreter.budget());
      case "partition", "rpartition" ->
          partition(
              self,
              args.bind(name, "sep").text(0),
              name.equals("rpartition"),
              interpreter.budget());
      case "startswith", "endswith" -> affix(self, name, args);
      case "removeprefix" -> {
        String prefix = args.bind(name, "prefix").text(0);
        yield self.startsWith(prefix) ? self.substring(prefix.length()) : self;
      }
      case "removesuffix" -> {
        String suffix = args.bind(name, "suffix").text(0);
        yield self.endsWith(suffix) ? self.substring(0, self.length() - suffix.length()) : self;
      }
      case "find", "rfind", "index", "rindex", "count" ->
          search(self, name, args, interpreter.budget());
      case "replace" -> {
        Args.Bound bound = args.bind(name, "old", "new", "count");
        yield Splits.replace(
            self, bound.text(0), bound.text(1), bound.number(2, -1), interpreter.budget());
      }
      case "join" -> joined(self, args.bind(name, "iterable").required(0), interpreter);
      case "format" -> BraceFormat.apply(self, args, interpreter);
      case "center", "ljust", "rjust" -> {
        Args.Bound bound = args.bind(name, "width", "fillchar");
        bound.required(0);
        yield justified(self, name, bound.number(0, 0), bound.text(1, " "), interpreter.budget());
      }
      case "expandtabs" ->
          expandTabs(self, args.bind(name, "tabsize").number(0, 8), interpreter.budget());
      case "zfill" -> zeros(self, args.bind(name, "width").number(0, 0), interpreter.budget());
      default -> {
        args.bind(name);
        yield is(self, name);
      }
    };
  }

  static String recased(String text, String name) {
    return switch (name) {
      case "upper" -> text.toUpperCase(Locale.ROOT);
      case "lower" -> text.toLowerCase(Locale.ROOT);
      case "casefold" -> text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
      case "capitalize" -> capitalized(text);
      case "swapcase" -> {
        StringBuilder out = new StringBuilder();
        text.codePoints()
            .mapToObj(Character::toString)
            .map(c ->
                Character.isUpperCase(c.codePointAt(0)) ? recased(c, "lower") : recased(c, "upper"))
            .forEach(out::append);
        yield out.toString();
      }
      default -> titled(text);
    };
  }

  static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.codePointAt(0);
    String rest = text.substring(Character.charCount(first));
    return initial(first) + rest.toLowerCase(Locale.ROOT);
  }

  /** A character as it begins a word; one that becomes several in upper case, by the first. */
  private static String initial(int c) {
    String upper = Character.toString(c).toUpperCase(Locale.ROOT);
    if (upper.length() == Character.charCount(c)) {
      return Character.toString(Character.toTitleCase(c));
    }
    boolean begins = Chars.isCased(upper.charAt(0)); // an apostrophe before the letter does not
    return begins ? upper.charAt(0) + upper.substring(1).toLowerCase(Locale.ROOT) : upper;
  }

  private static String titled(String text) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int c : text.codePoints().toArray()) {
      out.append(inWord ? Character.toString(c).toLowerCase(Locale.ROOT) : initial(c));
      inWord = Chars.isCased(c);
    }
    return out.toString();
  }

  static String strip(String text) {
    return strip(text, null, true, true);
  }

  /**
   * @param chars what to take off, or null for white space
   */
  static String strip(String text, @Nullable String chars, boolean left, boolean right) {
    IntPredicate gone = chars == null ? Chars::isSpace : c -> chars.indexOf(c) >= 0;
    int from = 0;
    int to = text.length();
    while (left && from < to && gone.test(text.codePointAt(from))) {
      from += Character.charCount(text.codePointAt(from));
    }
    while (right && to > from && gone.test(text.codePointBefore(to))) {
      to -= Character.charCount(text.codePointBefore(to));
    }
    return text.substring(from, to);
  }

  private static Object partition(String text, String separator, boolean last, Budget budget) {
    if (separator.isEmpty()) {
      throw new Fault("empty separator");
    }
    budget.search(text, separator);
    budget.charge(text.length());
    int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
    if (at < 0) {
      return last ? Tuple.of("", "", text) : Tuple.of(text, "", "");
    }
    return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
  }

  private static Object affix(String self, String name, Args args) {
    Args.Bound bound = args.bind(name, "prefix", "start", "end");
    String part = window(self, bound, 1);
    if (part == null) {
      return false;
    }
    List<Object> wanted =
        bound.required(0) instanceof Tuple tuple ? tuple.items() : List.of(bound.text(0));
    for (Object affix : wanted) {
      String text = String.valueOf(Values.text(affix));
      if (name.equals("startswith") ? part.startsWith(text) : part.endsWith(text)) {
        return true;
      }
    }
    return false;
  }

  /** The text between a start and an end given as arguments; null if they leave none. */
  private static @Nullable String window(String text, Args.Bound bound, int first) {
    if (bound.optional(first) == null && bound.optional(first + 1) == null) {
      return text;
    }
    int size = Chars.count(text);
    int start = at(bound.optional(first), 0, size);
    int end = at(bound.optional(first + 1), size, size);
    if (start > end) {
      return null;
    }
    int from = text.offsetByCodePoints(0, start);
    return text.substring(from, text.offsetByCodePoints(from, end - start));
  }

  private static int at(@Nullable Object index, int otherwise, int size) {
    if (index == null) {
      return otherwise;
    }
    long at = Numbers.index(index);
    return (int) Math.max(0, Math.min(at < 0 ? at + size : at, (long) size + 1));
  }

  private static Object search(String self, String name, Args args, Budget budget) {
    Args.Bound bound = args.bind(name, "sub", "start", "end");
    String part = bound.text(0);
    budget.search(self, part);
    String text = window(self, bound, 1);
    if (name.equals("count")) {
      return text == null ? 0L : (long) Splits.count(text, part);
    }
    boolean last = name.startsWith("r");
    int at = text == null ? -1 : last ? text.lastIndexOf(part) : text.indexOf(part);
    if (at < 0 && name.endsWith("index")) {
      throw new Fault("substring not found");
    }
    if (at < 0 || text == null) {
      return -1L;
    }
    int start = at(bound.optional(1), 0, Chars.count(self));
    return (long) start + text.codePointCount(0, at);
  }

  private static Object joined(String separator, Object items, Interpreter interpreter) {
    List<String> parts = new ArrayList<>();
    long length = 0;
    for (Object item : interpreter.list(items)) {
      String text = Values.text(item);
      if (text == null) {
        throw new Fault(
            "sequence item %d: expected str instance, %s found"
                .formatted(parts.size(), Values.typeName(item)));
      }
      length += text.length() + (long) separator.length();
      parts.add(text);
    }
    interpreter.budget().charge(length);
    return String.join(separator, parts);
  }

  static String justified(String text, String name, int width, String fill, Budget budget) {
    if (Chars.count(fill) != 1) {
      throw new Fault("The fill character must be exactly one character long");
    }
    int missing = Math.max(0, width - Chars.count(text));
    budget.charge((long) missing * fill.length());
    int left =
        switch (name) {
          case "ljust" -> 0;
          case "rjust" -> missing;
          default -> missing / 2 + (missing & width & 1);
        };
    return fill.repeat(left) + text + fill.repeat(missing - left);
  }

  private static String zeros(String text, int width, Budget budget) {
    int missing = Math.max(0, width - Chars.count(text));
    budget.charge(missing);
    boolean signed = text.startsWith("-") || text.startsWith("+");
    String sign = signed ? text.substring(0, 1) : "";
    return sign + "0".repeat(missing) + text.substring(sign.length());
  }

  private static boolean isIdentifier(String text) {
    if (text.isEmpty()) {
      return false;
    }
    int first = text.codePointAt(0);
    return (first == '_' || Character.isUnicodeIdentifierStart(first))
        && text.codePoints()
            .allMatch(
                c -> Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
  }

  private static String expandTabs(String text, int size, Budget budget) {
    StringBuilder out = new StringBuilder();
    int column = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\t') {
        int spaces = size > 0 ? size - column % size : 0;
        budget.charge(spaces);
        out.append(" ".repeat(spaces));
        column += spaces;
      } else {
        out.append(c);
        column = c == '\n' || c == '\r' ? 0 : column + (Character.isLowSurrogate(c) ? 0 : 1);
      }
    }
    return out.toString();
  }

  private static Object is(String text, String name) {
    return switch (name) {
      case "islower" -> Tests.isCase(text, false);
      case "isupper" -> Tests.isCase(text, true);
      case "istitle" ->
          Tests.isCase(text, true)
              || (titled(text).equals(text) && text.codePoints().anyMatch(Chars::isCased));
      case "isascii" -> text.chars().allMatch(c -> c < 128);
      case "isspace" -> !text.isEmpty() && text.codePoints().allMatch(Chars::isSpace);
      case "isalpha" -> !text.isEmpty() && text.codePoints().allMatch(Character::isLetter);
      case "isalnum" ->
          !text.isEmpty()
              && text.codePoints()
                  .allMatch(c -> Character.isLetter(c) || NumericChars.isNumeric(c));
      case "isnumeric" -> !text.isEmpty() && text.codePoints().allMatch(NumericChars::isNumeric);
      case "isdecimal" -> !text.isEmpty() && text.codePoints().allMatch(Character::isDigit);
      case "isdigit" -> !text.isEmpty() && text.codePoints().allMatch(NumericChars::isDigit);
      case "isidentifier" -> isIdentifier(text);
      default -> None.NONE;
    };
  }
}
