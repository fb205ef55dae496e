package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
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

/** Reads requests as OpenAI's {@code /v1/responses} spells them. Nothing is kept of an answer. */
final class ResponsesReader {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int METADATA_MAX = 16;
  private static final String[] FIELDS = {
    "model",
    "input",
    "instructions",
    "max_output_tokens",
    "temperature",
    "top_p",
    "stream",
    "stream_options",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "metadata",
    "user",
    "safety_identifier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "store",
    "previous_response_id",
    "conversation",
    "background",
    "include",
    "max_tool_calls",
    "prompt",
    "reasoning",
    "service_tier",
    "text",
    "top_logprobs",
    "truncation",
    "context_management"
  };
  private static final Set<String> STATEFUL =
      Set.of("previous_response_id", "conversation", "prompt");

  private ResponsesReader() {}

  /**
   * @throws dev.heddle.app.error.ApiException naming every fault of the request
   */
  static ChatRequest request(ObjectNode body, RequestLimits limits) {
    Fields fields = new Fields(body);
    fields.allowOnly(FIELDS);
    Options options =
        Options.plain(
            fields.requiredString("model"),
            fields.string("user"),
            fields.integer("max_output_tokens", 1, OptionsReader.MAX_TOKENS_BOUND),
            OptionsReader.sampling(fields, limits),
            List.of(),
            fields.bool("stream", false));
    options = options.withForm(form(fields, limits.structures()));
    refuseUnbuilt(fields);
    Tools tools = ToolsReader.responses(fields, limits.structures());
    ToolsReader.requireFree(fields, tools);
    List<Map<String, Object>> messages = input(fields);
    if (messages.isEmpty()) {
      fields.fault("input", "must say something");
    }
    fields.throwFaults();
    return new ChatRequest(options, messages, tools, ChatLayout.ANSWER, null, "input");
  }

  private static void refuseUnbuilt(Fields fields) {
    for (String name : STATEFUL) {
      fields.unsupported(
          name, value -> false, "is not supported by this server, which keeps no answers");
    }
    fields.unsupported(
        "store",
        value -> value.isBoolean() && !value.booleanValue(),
        "must be false: this server keeps no answers");
    fields.unsupported("background", value -> value.isBoolean() && !value.booleanValue());
    fields.unsupported("include", value -> value.isArray() && value.isEmpty());
    fields.unsupported("top_logprobs", value -> value.isNumber() && value.asDouble() == 0);
    fields.unsupported("max_tool_calls", value -> false);
    fields.unsupported("context_management", value -> value.isArray() && value.isEmpty());
    fields.unsupported("truncation", value -> is(value, "disabled"));
    fields.unsupported("service_tier", value -> is(value, "auto") || is(value, "default"));
    fields.unsupported(
        "reasoning", value -> value.isObject() && value.valueStream().allMatch(JsonNode::isNull));
    fields.object("stream_options");
    fields.string("safety_identifier");
    fields.string("prompt_cache_key");
    fields.string("prompt_cache_retention");
    JsonNode metadata = fields.find("metadata");
    boolean fits =
        metadata == null
            || (metadata.isObject()
                && metadata.size() <= METADATA_MAX
                && metadata.valueStream().allMatch(JsonNode::isString));
    if (!fits) {
      fields.fault("metadata", "must be an object of at most " + METADATA_MAX + " strings");
    }
  }

  /** What the answer looks like, null for any text. */
  private static @Nullable Form form(Fields fields, Structures structures) {
    Fields text = fields.object("text");
    if (text == null) {
      return null;
    }
    text.allowOnly("format", "verbosity");
    text.unsupported("verbosity", value -> is(value, "medium"));
    return StructureFields.readFormat(text, structures);
  }

  /** What an answer shows of its request. */
  static ObjectNode shown(ObjectNode body, Answer answer) {
    ObjectNode shown = JSON.objectNode();
    for (String name : List.of("instructions", "max_output_tokens", "user")) {
      shown.set(name, orNull(body, name));
    }
    ObjectNode metadata = shown.putObject("metadata");
    body.path("metadata").properties().forEach(e -> metadata.set(e.getKey(), e.getValue()));
    shown.put("parallel_tool_calls", body.path("parallel_tool_calls").asBoolean(true));
    shown.putNull("previous_response_id");
    shown.putObject("reasoning").putNull("effort").putNull("summary");
    shown.put("service_tier", "default").put("store", false);
    shown.put("temperature", answer.options().sampling().temperature());
    shown.put("top_p", answer.options().sampling().topP());
    JsonNode format = body.path("text").path("format");
    ObjectNode text = shown.putObject("text");
    text.set("format", format.isObject() ? format : JSON.objectNode().put("type", "text"));
    JsonNode choice = orNull(body, "tool_choice");
    shown.set("tool_choice", choice.isNull() ? JSON.stringNode("auto") : choice);
    shown.set("tools", orNull(body, "tools").isNull() ? JSON.arrayNode() : body.get("tools"));
    shown.put("top_logprobs", 0).put("truncation", "disabled");
    return shown.deepCopy();
  }

  private static JsonNode orNull(ObjectNode body, String name) {
    JsonNode value = body.get(name);
    return value == null ? JSON.nullNode() : value;
  }

  private static boolean is(JsonNode value, String text) {
    return value.isString() && value.stringValue().equals(text);
  }

  private static List<Map<String, Object>> input(Fields fields) {
    List<Map<String, Object>> messages = new ArrayList<>();
    String instructions = fields.string("instructions");
    if (instructions != null && !instructions.isEmpty()) {
      messages.add(message("system", instructions));
    }
    JsonNode input = fields.find("input");
    if (input == null) {
      fields.fault("input", "is required");
    } else if (input.isString()) {
      String text = fields.text("input", input);
      messages.add(message("user", text == null ? "" : text));
    } else if (!input.isArray() || input.isEmpty()) {
      fields.fault("input", "must be a string or an array of at least one item");
    } else {
      for (int i = 0; i < input.size() && !fields.isFull(); i++) {
        String place = "input[" + i + "]";
        if (input.get(i) instanceof ObjectNode item) {
          addItem(fields.element(place, item), messages);
        } else {
          fields.fault(place, "must be an object");
        }
      }
    }
    return messages;
  }

  private static void addItem(Fields item, List<Map<String, Object>> messages) {
    String type = item.find("type") == null ? "message" : item.requiredString("type");
    switch (type) {
      case "message" -> addMessage(item, messages);
      case "function_call" -> {
        ObjectNode call =
            MessageReader.call(
                item.requiredString("call_id"),
                item.requiredString("name"),
                MessageReader.arguments(item, "arguments"));
        ((ArrayNode) turn(messages).computeIfAbsent("tool_calls", name -> JSON.arrayNode()))
            .add(call);
      }
      case "function_call_output" -> {
        JsonNode output = item.find("output");
        if (output == null) {
          item.fault("output", "is required");
        }
        Map<String, Object> result =
            message("tool", output == null ? "" : MessageReader.text(item, "output", output));
        result.put("tool_call_id", item.requiredString("call_id"));
        messages.add(result);
      }
      case "reasoning" -> addReasoning(item, messages);
      default -> item.unsupported("type", value -> false);
    }
  }

  private static void addMessage(Fields item, List<Map<String, Object>> messages) {
    String role = item.requiredString("role");
    if (!role.isEmpty() && !Set.of("system", "developer", "user", "assistant").contains(role)) {
      item.fault("role", "must be system, developer, user or assistant");
    }
    JsonNode content = item.find("content");
    if (content == null) {
      item.fault("content", "is required");
      return;
    }
    String text = MessageReader.text(item, "content", content);
    if (role.equals("assistant") && isOpen(messages)) {
      messages.getLast().put("content", text);
    } else {
      messages.add(message(role.equals("developer") ? "system" : role, text));
    }
  }

  private static void addReasoning(Fields item, List<Map<String, Object>> messages) {
    JsonNode content = item.find("content");
    if (content != null) {
      List<String> texts = new ArrayList<>();
      content.forEach(part -> texts.add(part.path("text").asString("")));
      Map<String, Object> turn = message("assistant", JSON.nullNode());
      turn.put("reasoning_content", String.join("\n", texts));
      messages.add(turn);
    }
  }

  /** The assistant's turn that goes on with a call: calls and a text beside them are one turn. */
  private static Map<String, Object> turn(List<Map<String, Object>> messages) {
    if (messages.isEmpty() || !"assistant".equals(messages.getLast().get("role"))) {
      messages.add(message("assistant", JSON.nullNode()));
    }
    return messages.getLast();
  }

  /** Whether the last item was reasoning alone. */
  private static boolean isOpen(List<Map<String, Object>> messages) {
    return !messages.isEmpty()
        && messages.getLast().containsKey("reasoning_content")
        && !(messages.getLast().get("content") instanceof String)
        && !messages.getLast().containsKey("tool_calls");
  }

  private static Map<String, Object> message(String role, Object content) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }
}
