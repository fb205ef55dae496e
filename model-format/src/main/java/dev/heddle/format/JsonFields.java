package dev.heddle.format;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Typed access to the fields of a JSON object, where a null counts as absent. What does not fit is
 * noted as a violation and replaced by a value that does, so that reading goes on. Not thread-safe.
 */
public final class JsonFields {
  private final JsonNode object;
  private final String where;
  private final Violations violations;

  /**
   * @param object should be an object; anything else is a violation and read as an empty one
   * @param where what to call it in violations; a field is called {@code where.name}
   */
  public JsonFields(JsonNode object, String where, Violations violations) {
    this.object = object;
    this.where = where;
    this.violations = violations;
    if (!object.isObject()) {
      violations.add("wrong-type", where, "expected a JSON object, found " + describe(object));
    }
  }

  public boolean has(String name) {
    return find(name) != null;
  }

  /** The field, or null where it is absent or null. */
  public @Nullable JsonNode find(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /** The string in a field, or {@code absent} where there is none; notes nothing. */
  public String find(String name, String absent) {
    JsonNode value = find(name);
    return value != null && value.isString() ? value.stringValue() : absent;
  }

  /** Whether the field is there and null. */
  public boolean isNull(String name) {
    JsonNode value = object.get(name);
    return value != null && value.isNull();
  }

  /** What a field is called in violations. */
  public String path(String name) {
    return where + "." + name;
  }

  /** The object in a field, or null where it is absent or not an object. */
  public @Nullable JsonFields object(String name) {
    JsonNode value = find(name);
    if (value == null) {
      return null;
    }
    JsonFields fields = new JsonFields(value, path(name), violations);
    return value.isObject() ? fields : null;
  }

  /** An integer of {@code min..max}; without a default the field is required. */
  public int integer(String name, int min, int max, @Nullable Integer absent) {
    JsonNode value = find(name);
    if (value == null) {
      if (absent == null) {
        violations.add("missing-field", path(name), "this integer is required");
        return min;
      }
      return absent;
    }
    if (!value.isIntegralNumber()) {
      wrongType(name, "an integer", value);
    } else if (!value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
      violations.add(
          "out-of-range", path(name), "expected " + min + " to " + max + ", found " + value);
    } else {
      return value.intValue();
    }
    return absent == null ? min : absent;
  }

  /** A finite number of {@code min..max}; without a default the field is required. */
  public double number(String name, double min, double max, @Nullable Double absent) {
    JsonNode value = find(name);
    if (value == null) {
      if (absent == null) {
        violations.add("missing-field", path(name), "this number is required");
        return min;
      }
      return absent;
    }
    if (!value.isNumber()) {
      wrongType(name, "a number", value);
    } else {
      double number = value.asDouble(Double.NaN);
      if (number >= min && number <= max) {
        return number;
      }
      violations.add(
          "out-of-range", path(name), "expected " + min + " to " + max + ", found " + value);
    }
    return absent == null ? min : absent;
  }

  /** A boolean; without a default the field is required. */
  public boolean bool(String name, @Nullable Boolean absent) {
    JsonNode value = find(name);
    if (value == null) {
      if (absent == null) {
        violations.add("missing-field", path(name), "this boolean is required");
        return false;
      }
      return absent;
    }
    if (!value.isBoolean()) {
      wrongType(name, "true or false", value);
      return absent != null && absent;
    }
    return value.booleanValue();
  }

  /** A string, or null where it is absent or not a string. */
  public @Nullable String text(String name) {
    JsonNode value = find(name);
    if (value == null) {
      return null;
    }
    if (!value.isString()) {
      wrongType(name, "a string", value);
      return null;
    }
    return value.stringValue();
  }

  /** Notes a violation unless the field is absent or one of the strings supported. */
  public void oneOf(String name, String... supported) {
    String value = text(name);
    if (value != null && !List.of(supported).contains(value)) {
      violations.add(
          "unsupported-value",
          path(name),
          "\"" + value + "\" is not supported, only " + String.join(", ", supported));
    }
  }

  /** A list of integers of {@code min..max}, where one integer stands for a list of itself. */
  public List<Integer> integers(String name, int min, int max) {
    JsonNode value = find(name);
    List<Integer> found = new ArrayList<>();
    if (value == null) {
      return found;
    }
    Iterable<JsonNode> items = value.isArray() ? value.values() : List.of(value);
    for (JsonNode item : items) {
      if (!item.isIntegralNumber()) {
        wrongType(name, "an integer or a list of integers", item);
      } else if (!item.canConvertToInt() || item.intValue() < min || item.intValue() > max) {
        violations.add(
            "out-of-range", path(name), "expected " + min + " to " + max + ", found " + item);
      } else {
        found.add(item.intValue());
      }
    }
    return found;
  }

  /** Notes a violation for every field that is not null and not one of {@code known}. */
  public void noneBut(Set<String> known) {
    for (String name : new TreeSet<>(object.propertyNames())) {
      if (!known.contains(name) && has(name)) {
        violations.add("unknown-field", path(name), "this field is not known here");
      }
    }
  }

  private void wrongType(String name, String expected, JsonNode found) {
    violations.add("wrong-type", path(name), "expected " + expected + ", found " + describe(found));
  }

  private static String describe(JsonNode value) {
    if (value.isObject()) {
      return "an object";
    }
    return value.isArray() ? "a list" : value.toString();
  }
}
