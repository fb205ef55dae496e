package dev.heddle.structured;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A grammar of Lark, read. Names of rules are in lower case, those of terminals in upper case.
 *
 * @param definitions by name
 * @param ignored what may stand between terminals
 */
record LarkGrammar(Map<String, Part> definitions, List<Part> ignored) {

  /** A part of a definition. */
  sealed interface Part {}

  /** A rule or a terminal by its name. */
  record Name(String name) implements Part {}

  /** Exactly these characters, in any case if it says so. */
  record Text(String text, boolean anyCase) implements Part {}

  /** What a regular expression matches. */
  record Pattern(String pattern) implements Part {}

  record Sequence(List<Part> parts) implements Part {}

  record Either(List<Part> options) implements Part {}

  /** {@code max} is -1 for no bound. */
  record Repeat(Part part, int min, int max) implements Part {}

  static boolean isTerminal(String name) {
    return name.codePoints().anyMatch(Character::isUpperCase);
  }

  /**
   * The definition without an option that begins with the rule itself: {@code a: a "+" b | b} is
   * {@code a: b ("+" b)*}.
   */
  static Part withoutLeftRecursion(String name, Part definition) {
    List<Part> options = definition instanceof Either either ? either.options : List.of(definition);
    List<Part> firsts = new ArrayList<>();
    List<Part> nexts = new ArrayList<>();
    for (Part option : options) {
      if (option instanceof Sequence sequence
          && sequence.parts.size() > 1
          && sequence.parts.getFirst().equals(new Name(name))) {
        nexts.add(new Sequence(sequence.parts.subList(1, sequence.parts.size())));
      } else {
        firsts.add(option);
      }
    }
    if (nexts.isEmpty()) {
      return definition;
    }
    return new Sequence(List.of(new Either(firsts), new Repeat(new Either(nexts), 0, -1)));
  }

  /** The terminals of {@code %import common}, as far as they are regular. */
  static final Map<String, String> COMMON = common();

  private static Map<String, String> common() {
    Map<String, String> common = new LinkedHashMap<>();
    String number = "(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?";
    common.put("DIGIT", "[0-9]");
    common.put("HEXDIGIT", "[0-9A-Fa-f]");
    common.put("INT", "[0-9]+");
    common.put("SIGNED_INT", "[+-]?[0-9]+");
    common.put("DECIMAL", "[0-9]+\\.[0-9]*|\\.[0-9]+");
    common.put("FLOAT", "[0-9]+[eE][+-]?[0-9]+|(?:[0-9]+\\.[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?");
    common.put("NUMBER", number);
    common.put("SIGNED_NUMBER", "[+-]?" + number);
    common.put("ESCAPED_STRING", "\"(?:[^\"\\\\\\n]|\\\\[^\\n])*\"");
    common.put("LCASE_LETTER", "[a-z]");
    common.put("UCASE_LETTER", "[A-Z]");
    common.put("LETTER", "[A-Za-z]");
    common.put("WORD", "[A-Za-z]+");
    common.put("CNAME", "[A-Za-z_][A-Za-z0-9_]*");
    common.put("WS_INLINE", "[ \\t]+");
    common.put("WS", "[ \\t\\f\\r\\n]+");
    common.put("CR", "\\r");
    common.put("LF", "\\n");
    common.put("NEWLINE", "(?:\\r?\\n)+");
    return common;
  }
}
