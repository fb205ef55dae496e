package dev.heddle.template;

import dev.heddle.template.Values.None;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Turns what a caller gives a template into values, and measures it. */
final class Input {
  private long size;

  /**
   * @throws IllegalArgumentException for a value of another kind than JSON has, or nested deeper
   *     than {@link Values#DEPTH}
   */
  Map<String, Object> variables(Map<String, ? extends @Nullable Object> variables) {
    Map<String, Object> values = new HashMap<>();
    variables.forEach((name, value) -> values.put(name, value(value, 0)));
    return values;
  }

  /** Characters and elements seen so far. */
  long size() {
    return size;
  }

  private Object value(@Nullable Object value, int depth) {
    if (depth > Values.DEPTH) {
      throw new IllegalArgumentException("an input is nested deeper than " + Values.DEPTH);
    }
    size++;
    return switch (value) {
      case null -> None.NONE;
      case String text -> {
        size += text.length();
        yield text;
      }
      case Boolean b -> b;
      case Integer n -> (long) n;
      case Long n -> n;
      case BigInteger n -> Numbers.integer(n);
      case Double d -> d;
      case Float f -> (double) f;
      case BigDecimal d -> d.doubleValue();
      case List<?> list -> list(list, depth);
      case Map<?, ?> map -> dict(map, depth);
      case JsonNode node -> json(node, depth);
      default ->
          throw new IllegalArgumentException(
              "a template takes no value of " + value.getClass().getName());
    };
  }

  private List<Object> list(Iterable<?> items, int depth) {
    List<Object> values = new ArrayList<>();
    for (Object item : items) {
      values.add(value(item, depth + 1));
    }
    return values;
  }

  private Dict dict(Map<?, ?> map, int depth) {
    Dict dict = new Dict();
    map.forEach((key, value) -> dict.put(String.valueOf(key), value(value, depth + 1)));
    return dict;
  }

  private Object json(JsonNode node, int depth) {
    if (node.isObject()) {
      Dict dict = new Dict();
      node.properties().forEach(e -> dict.put(e.getKey(), value(e.getValue(), depth + 1)));
      return dict;
    }
    if (node.isArray()) {
      return list(node, depth);
    }
    if (node.isString()) {
      return value(node.asString(), depth);
    }
    if (node.isIntegralNumber()) {
      return Numbers.integer(node.bigIntegerValue());
    }
    if (node.isNumber()) {
      return node.doubleValue();
    }
    return node.isBoolean() ? (Object) node.booleanValue() : None.NONE;
  }
}
