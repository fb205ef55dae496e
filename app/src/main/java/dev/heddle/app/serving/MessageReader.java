package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads messages as {@code /v1/chat/completions} spells them. */
final class MessageReader {
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool");

  /** What the doors call a part that is text. */
  private static final Set<String> TEXTS = Set.of("text", "input_text", "output_text");

  private MessageReader() {}

  /** What {@code messages} has; faults go to the fields. */
  static List<Map<String, Object>> all(Fields fields) {
    JsonNode value = fields.find("messages");
    List<Map<String, Object>> messages = new ArrayList<>();
    if (value == null) {
      fields.fault("messages", "is required");
    } else if (!value.isArray() || value.isEmpty()) {
      fields.fault("messages", "must be an array of at least one message");
    } else {
      for (int i = 0; i < value.size() && !fields.isFull(); i++) {
        String place = "messages[" + i + "]";
        if (value.get(i) instanceof ObjectNode message) {
          messages.add(message(fields.element(place, message)));
        } else {
          fields.fault(place, "must be an object");
        }
      }
    }
    return messages;
  }

  private static Map<String, Object> message(Fields fields) {
    Map<String, Object> message = new LinkedHashMap<>();
    String role = fields.requiredString("role");
    if (!role.isEmpty() && !ROLES.contains(role)) {
      fields.fault("role", "must be system, developer, user, assistant or tool");
    }
    // Templates know system only; developer is its newer name.
    message.put("role", role.equals("developer") ? "system" : role);
    boolean calls = role.equals("assistant") && addCalls(fields, message);
    message.put("content", content(fields, role, calls));
    for (String name : List.of("name", "tool_call_id")) {
      String text = fields.string(name);
      if (text != null) {
        message.put(name, text);
      }
    }
    String reasoning = role.equals("assistant") ? fields.string("reasoning_content") : null;
    if (reasoning != null) {
      message.put("reasoning_content", reasoning);
    }
    fields.unsupported("function_call", value -> false);
    return message;
  }

  /** Adds the calls of tools, their arguments as objects; returns whether there are any. */
  private static boolean addCalls(Fields fields, Map<String, Object> message) {
    JsonNode value = fields.find("tool_calls");
    if (value == null) {
      return false;
    }
    if (!value.isArray()) {
      fields.fault("tool_calls", "must be an array");
      return false;
    }
    ArrayNode calls = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < value.size() && !fields.isFull(); i++) {
      String place = "tool_calls[" + i + "]";
      if (value.get(i) instanceof ObjectNode call) {
        addCall(fields.element(place, call), calls);
      } else {
        fields.fault(place, "must be an object");
      }
    }
    if (!calls.isEmpty()) {
      message.put("tool_calls", calls);
    }
    return !calls.isEmpty();
  }

  private static void addCall(Fields call, ArrayNode calls) {
    call.unsupported("type", type -> type.isString() && type.stringValue().equals("function"));
    String id = call.requiredString("id");
    Fields function = call.object("function");
    if (function == null) {
      call.fault("function", "is required");
      return;
    }
    calls.add(call(id, function.requiredString("name"), arguments(function, "arguments")));
  }

  /** A call as a template takes it. */
  static ObjectNode call(String id, String name, JsonNode arguments) {
    ObjectNode call = JsonNodeFactory.instance.objectNode().put("id", id).put("type", "function");
    call.putObject("function").put("name", name).set("arguments", arguments);
    return call;
  }

  /** A text that is a JSON object, as that object. */
  static JsonNode arguments(Fields fields, String name) {
    JsonNode value = fields.find(name);
    String text = value == null ? null : fields.text(name, value);
    if (text == null || text.isBlank()) {
      return JsonNodeFactory.instance.objectNode();
    }
    try {
      JsonNode object = Json.parse(text, name);
      if (object.isObject()) {
        return object;
      }
    } catch (FormatException e) {
      // told below
    }
    fields.fault(name, "must be the text of a JSON object");
    return JsonNodeFactory.instance.objectNode();
  }

  private static Object content(Fields fields, String role, boolean calls) {
    JsonNode value = fields.find("content");
    if (value == null) {
      if (!role.equals("assistant")) {
        fields.fault("content", "is required");
      }
      // Templates ask whether it is none.
      return calls ? JsonNodeFactory.instance.nullNode() : "";
    }
    return text(fields, "content", value);
  }

  /** A text, or the texts of a list of parts, line by line. */
  static String text(Fields fields, String name, JsonNode value) {
    if (value.isString()) {
      String text = fields.text(name, value);
      return text == null ? "" : text;
    }
    if (!value.isArray()) {
      fields.fault(name, "must be a string or an array of text parts");
      return "";
    }
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < value.size() && !fields.isFull(); i++) {
      String text = part(fields, name + "[" + i + "]", value.get(i));
      if (text != null) {
        parts.add(text);
      }
    }
    return String.join("\n", parts);
  }

  private static @Nullable String part(Fields fields, String place, JsonNode part) {
    if (!(part instanceof ObjectNode object)) {
      fields.fault(place, "must be an object with a 'type'");
      return null;
    }
    Fields inner = fields.element(place, object);
    String type = inner.requiredString("type");
    if (!type.isEmpty() && !TEXTS.contains(type)) {
      inner.unsupported("type", value -> false);
      return null;
    }
    String text = inner.string("text");
    if (inner.find("text") == null) {
      inner.fault("text", "is required");
    }
    return text;
  }
}
