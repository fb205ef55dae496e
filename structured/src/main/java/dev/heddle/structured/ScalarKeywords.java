package dev.heddle.structured;

import dev.heddle.structured.ValueSet.Kind;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What keywords say of numbers and strings. */
final class ScalarKeywords {
  private final Budget budget;
  private final Map<String, TextDfa> patterns = new HashMap<>();

  ScalarKeywords(Budget budget) {
    this.budget = budget;
  }

  /** Null if the keyword says nothing of the kind. */
  @Nullable List<ValueSet> of(Kind kind, String name, JsonNode value, boolean negated) {
    return kind == Kind.NUMBER ? number(name, value, negated) : string(name, value, negated);
  }

  private static @Nullable List<ValueSet> number(String name, JsonNode value, boolean negated) {
    return switch (name) {
      case "minimum" -> bound(value, NumberSet.EQUAL | NumberSet.GREATER, negated);
      case "exclusiveMinimum" -> bound(value, NumberSet.GREATER, negated);
      case "maximum" -> bound(value, NumberSet.EQUAL | NumberSet.LESS, negated);
      case "exclusiveMaximum" -> bound(value, NumberSet.LESS, negated);
      case "multipleOf" -> {
        BigDecimal multiple = value.decimalValue();
        if (negated) {
          if (multiple.compareTo(BigDecimal.ONE) != 0) {
            throw new StructureException("the opposite of multipleOf is not supported");
          }
          yield List.of(NumberSet.whole(false));
        }
        yield List.of(NumberSet.multiple(multiple));
      }
      default -> null;
    };
  }

  private static List<ValueSet> bound(JsonNode value, int allowed, boolean negated) {
    int all = NumberSet.LESS | NumberSet.EQUAL | NumberSet.GREATER;
    return List.of(NumberSet.bound(value.decimalValue(), negated ? all & ~allowed : allowed));
  }

  private @Nullable List<ValueSet> string(String name, JsonNode value, boolean negated) {
    return switch (name) {
      case "minLength" -> {
        int min = value.decimalValue().intValueExact();
        if (negated) {
          yield min == 0 ? List.of() : List.of(new StringSet(null, 0, min - 1));
        }
        yield List.of(new StringSet(null, min, -1));
      }
      case "maxLength" -> {
        int max = value.decimalValue().intValueExact();
        yield List.of(negated ? new StringSet(null, max + 1, -1) : new StringSet(null, 0, max));
      }
      case "pattern" -> texts(pattern(value.stringValue()), negated);
      case "format" -> {
        String pattern = Formats.pattern(value.stringValue());
        yield pattern == null ? null : texts(whole(pattern), negated);
      }
      default -> null;
    };
  }

  private static List<ValueSet> texts(TextDfa dfa, boolean negated) {
    return List.of(StringSet.of(negated ? dfa.not() : dfa));
  }

  private TextDfa pattern(String pattern) {
    return patterns.computeIfAbsent(pattern, p -> RegexCompiler.compile(p, false, budget));
  }

  private TextDfa whole(String pattern) {
    return patterns.computeIfAbsent(
        "whole " + pattern, p -> RegexCompiler.compile(pattern, true, budget));
  }
}
