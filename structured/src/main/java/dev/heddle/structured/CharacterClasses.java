package dev.heddle.structured;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The named sets of characters of regular expressions. */
final class CharacterClasses {
  static final CodePoints NOT_LINE_END = CodePoints.of("\n\r\u2028\u2029").not();

  private static final CodePoints DIGIT = CodePoints.range('0', '9');
  private static final CodePoints WORD =
      DIGIT.or(CodePoints.range('a', 'z')).or(CodePoints.range('A', 'Z')).or(CodePoints.of('_'));
  private static final CodePoints SPACE =
      CodePoints.of("\t\n\u000B\f\r \u00A0\u1680\u2028\u2029\u202F\u205F\u3000\uFEFF")
          .or(CodePoints.range(0x2000, 0x200A));

  /** The characters of {@link Character#getType}, as two letters, by its number. */
  private static final String[] CATEGORIES = {
    "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Me", "Mc", "Nd", "Nl", "No", "", "Zs", "Zl", "Zp",
    "Cc", "Cf", "", "Co", "Cs", "Pd", "Ps", "Pe", "Pc", "Po", "Sm", "Sc", "Sk", "So", "Pi", "Pf"
  };

  private static final Map<String, String> LONG_NAMES =
      Map.ofEntries(
          Map.entry("Letter", "L"),
          Map.entry("Uppercase_Letter", "Lu"),
          Map.entry("Lowercase_Letter", "Ll"),
          Map.entry("Titlecase_Letter", "Lt"),
          Map.entry("Modifier_Letter", "Lm"),
          Map.entry("Other_Letter", "Lo"),
          Map.entry("Mark", "M"),
          Map.entry("Number", "N"),
          Map.entry("Decimal_Number", "Nd"),
          Map.entry("digit", "Nd"),
          Map.entry("Punctuation", "P"),
          Map.entry("punct", "P"),
          Map.entry("Symbol", "S"),
          Map.entry("Separator", "Z"),
          Map.entry("Other", "C"),
          Map.entry("Control", "Cc"),
          Map.entry("cntrl", "Cc"));

  /** At most as many as Unicode has categories and scripts. */
  private static final Map<String, CodePoints> PROPERTIES = new ConcurrentHashMap<>();

  private CharacterClasses() {}

  /** What a letter after a backslash stands for; null if that is no set of its own. */
  static @Nullable CodePoints escaped(int letter) {
    return switch (letter) {
      case 'd' -> DIGIT;
      case 'D' -> DIGIT.not();
      case 'w' -> WORD;
      case 'W' -> WORD.not();
      case 's' -> SPACE;
      case 'S' -> SPACE.not();
      case 't' -> CodePoints.of('\t');
      case 'n' -> CodePoints.of('\n');
      case 'r' -> CodePoints.of('\r');
      case 'f' -> CodePoints.of('\f');
      case 'v' -> CodePoints.of('\u000B');
      default -> null;
    };
  }

  /** A general category, or {@code Script=...}; null if there is none of that name. */
  static @Nullable CodePoints property(String name) {
    CodePoints known = PROPERTIES.get(name);
    if (known != null) {
      return known;
    }
    IntPredicate has = name.contains("=") ? named(name) : category(name);
    if (has == null) {
      return null;
    }
    CodePoints.Union union = new CodePoints.Union();
    int from = -1;
    for (int c = 0; c <= Character.MAX_CODE_POINT + 1; c++) {
      boolean in = c <= Character.MAX_CODE_POINT && has.test(c);
      if (in && from < 0) {
        from = c;
      } else if (!in && from >= 0) {
        union.add(from, c - 1);
        from = -1;
      }
    }
    CodePoints set = union.build();
    PROPERTIES.put(name, set);
    return set;
  }

  private static @Nullable IntPredicate named(String name) {
    int equals = name.indexOf('=');
    String value = name.substring(equals + 1);
    return switch (name.substring(0, equals)) {
      case "Script", "sc" -> script(value);
      case "General_Category", "gc" -> category(value);
      default -> null;
    };
  }

  private static @Nullable IntPredicate script(String name) {
    try {
      Character.UnicodeScript script =
          Character.UnicodeScript.forName(name.toUpperCase(Locale.ROOT));
      return c -> Character.UnicodeScript.of(c) == script;
    } catch (IllegalArgumentException unknown) {
      return null;
    }
  }

  private static @Nullable IntPredicate category(String name) {
    String shortName = LONG_NAMES.getOrDefault(name, name);
    if (shortName.isEmpty() || shortName.length() > 2) {
      return null;
    }
    int types = 0;
    for (int type = 0; type < CATEGORIES.length; type++) {
      if (CATEGORIES[type].startsWith(shortName)) {
        types |= 1 << type;
      }
    }
    int wanted = types;
    return types == 0 ? null : c -> (wanted >>> Character.getType(c) & 1) != 0;
  }
}
