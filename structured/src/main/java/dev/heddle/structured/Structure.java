package dev.heddle.structured;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** What a text must look like. Immutable; equal structures compile to the same automaton. */
public sealed interface Structure {

  /** Any JSON object. */
  record JsonObject() implements Structure {}

  /** A JSON value that is valid against a schema. The schema must not be changed afterwards. */
  record JsonSchema(JsonNode schema) implements Structure {}

  /** A text that a regular expression matches from its first to its last character. */
  record Regex(String pattern) implements Structure {}

  /** One of some texts. */
  record Choice(List<String> texts) implements Structure {
    public Choice {
      texts = List.copyOf(texts);
    }
  }

  /**
   * A text of a grammar: in GBNF, where it has {@code ::=} and begins with the rule {@code root},
   * else in Lark's notation, beginning with {@code start}.
   */
  record Grammar(String text) implements Structure {}

  /** Exactly this text. */
  record Literal(String text) implements Structure {}

  /** Exactly this special token. */
  record SpecialToken(int id) implements Structure {}

  /** Any text, maybe empty, in which none of the given texts occurs. */
  record Text(List<String> without) implements Structure {
    public Text {
      without = List.copyOf(without);
    }
  }

  /** All parts, one after the other. */
  record Sequence(List<Structure> parts) implements Structure {
    public Sequence {
      parts = List.copyOf(parts);
    }
  }

  /** One of the options. */
  record Either(List<Structure> options) implements Structure {
    public Either {
      options = List.copyOf(options);
    }
  }

  /**
   * A part several times.
   *
   * @param min fewest times, &ge; 0
   * @param max most times, -1 for no bound
   */
  record Repeat(Structure part, int min, int max) implements Structure {}
}
