package dev.heddle.app.speech;

import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A call as it was written.
 *
 * @param arguments a JSON object
 */
record CallText(String name, String arguments) {

  /** The calls of one object, or of an array of objects; empty if any of them is none. */
  static List<CallText> parse(String json, Set<String> names) {
    JsonNode value = read(json);
    if (value == null) {
      return List.of();
    }
    List<CallText> calls = new ArrayList<>();
    Iterable<JsonNode> objects = value.isArray() ? value : List.of(value);
    for (JsonNode object : objects) {
      JsonNode function = object.path("function").isObject() ? object.path("function") : object;
      JsonNode arguments =
          function.has("arguments") ? function.path("arguments") : function.path("parameters");
      CallText call = of(function.path("name").asString(""), arguments, names);
      if (call == null) {
        return List.of();
      }
      calls.add(call);
    }
    return calls;
  }

  /** The call of a function by its name; empty if it is none. */
  static List<CallText> parse(String name, String arguments, Set<String> names) {
    JsonNode value = read(arguments);
    CallText call = value == null ? null : of(name, value, names);
    return call == null ? List.of() : List.of(call);
  }

  private static @Nullable CallText of(String name, JsonNode arguments, Set<String> names) {
    JsonNode object = arguments.isString() ? read(arguments.stringValue()) : arguments;
    if (object == null || !names.contains(name)) {
      return null;
    }
    if (object.isMissingNode() || object.isNull()) {
      return new CallText(name, "{}");
    }
    return object.isObject() ? new CallText(name, object.toString()) : null;
  }

  /** A JSON value; null if it is none. */
  static @Nullable JsonNode read(String json) {
    try {
      return Json.parseWritten(json, "call");
    } catch (FormatException e) {
      return null;
    }
  }
}
