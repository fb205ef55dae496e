package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Reads requests as Anthropic's {@code /v1/messages} spells them. */
final class MessagesReader {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final String[] FIELDS = {
    "model",
    "messages",
    "system",
    "max_tokens",
    "stop_sequences",
    "stream",
    "temperature",
    "top_p",
    "top_k",
    "metadata",
    "tools",
    "tool_choice",
    "thinking",
    "service_tier",
    "cache_control",
    "container",
    "context_management",
    "mcp_servers",
    "output_config",
    "output_format",
    "inference_geo"
  };
  private static final List<String> UNBUILT =
      List.of(
          "container",
          "context_management",
          "mcp_servers",
          "output_config",
          "output_format",
          "inference_geo");

  private MessagesReader() {}

  /**
   * A request to be answered.
   *
   * @throws dev.heddle.app.error.ApiException naming every fault of the request
   */
  static ChatRequest request(ObjectNode body, RequestLimits limits) {
    Fields fields = new Fields(body);
    if (fields.find("max_tokens") == null) {
      fields.fault("max_tokens", "is required");
    }
    return read(fields, limits);
  }

  /** A request whose tokens are to be counted. Throws as {@link #request}. */
  static ChatRequest count(ObjectNode body, RequestLimits limits) {
    return read(new Fields(body), limits);
  }

  private static ChatRequest read(Fields fields, RequestLimits limits) {
    fields.allowOnly(FIELDS);
    Fields metadata = fields.object("metadata");
    Options options =
        Options.plain(
            fields.requiredString("model"),
            metadata == null ? null : metadata.string("user_id"),
            fields.integer("max_tokens", 1, OptionsReader.MAX_TOKENS_BOUND),
            OptionsReader.sampling(fields, limits),
            OptionsReader.texts(fields, "stop_sequences", OptionsReader.MAX_STOPS),
            fields.bool("stream", false));
    UNBUILT.forEach(name -> fields.unsupported(name, value -> value.isArray() && value.isEmpty()));
    fields.unsupported(
        "service_tier",
        tier -> tier.isString() && List.of("auto", "standard_only").contains(tier.stringValue()));
    Tools tools = ToolsReader.messages(fields, limits.structures());
    List<Map<String, Object>> messages = messages(fields);
    Map<String, JsonNode> variables = thinking(fields);
    if (messages.isEmpty()) {
      fields.fault("messages", "must say something");
    }
    fields.throwFaults();
    Map<String, Object> last = messages.getLast();
    boolean continues =
        "assistant".equals(last.get("role"))
            && last.get("content") instanceof String text
            && !text.isBlank();
    ChatLayout layout = new ChatLayout(!continues, continues, variables);
    return new ChatRequest(options, messages, tools, layout, null, "messages");
  }

  /** Templates that can be told not to reason are told by this variable. */
  private static Map<String, JsonNode> thinking(Fields fields) {
    Fields thinking = fields.object("thinking");
    if (thinking == null) {
      return Map.of();
    }
    thinking.unsupported("type", type -> type.isString() && type.stringValue().equals("disabled"));
    return Map.of("enable_thinking", JSON.booleanNode(false));
  }

  private static List<Map<String, Object>> messages(Fields fields) {
    List<Map<String, Object>> messages = new ArrayList<>();
    JsonNode system = fields.find("system");
    if (system != null) {
      messages.add(message("system", MessageReader.text(fields, "system", system)));
    }
    JsonNode value = fields.find("messages");
    if (value == null || !value.isArray() || value.isEmpty()) {
      fields.fault("messages", "must be an array of at least one message");
      return messages;
    }
    for (int i = 0; i < value.size() && !fields.isFull(); i++) {
      String place = "messages[" + i + "]";
      if (value.get(i) instanceof ObjectNode object) {
        addMessage(fields.element(place, object), messages);
      } else {
        fields.fault(place, "must be an object");
      }
    }
    return messages;
  }

  private static void addMessage(Fields fields, List<Map<String, Object>> messages) {
    fields.allowOnly("role", "content");
    String role = fields.requiredString("role");
    if (!role.isEmpty() && !role.equals("user") && !role.equals("assistant")) {
      fields.fault("role", "must be user or assistant");
    }
    JsonNode content = fields.find("content");
    if (content == null) {
      fields.fault("content", "is required");
    } else if (content.isString()) {
      messages.add(message(role, MessageReader.text(fields, "content", content)));
    } else if (content.isArray()) {
      new Blocks(role, messages).read(fields, content);
    } else {
      fields.fault("content", "must be a string or an array of blocks");
    }
  }

  private static Map<String, Object> message(String role, Object content) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("role", role);
    message.put("content", content);
    return message;
  }

  /** The blocks of one message: results of tools are messages of their own in chat templates. */
  private static final class Blocks {
    private final String role;
    private final List<Map<String, Object>> messages;
    private final List<String> texts = new ArrayList<>();
    private final ArrayNode calls = JSON.arrayNode();
    private @Nullable String reasoning;

    Blocks(String role, List<Map<String, Object>> messages) {
      this.role = role;
      this.messages = messages;
    }

    void read(Fields fields, JsonNode blocks) {
      for (int i = 0; i < blocks.size() && !fields.isFull(); i++) {
        String place = "content[" + i + "]";
        if (blocks.get(i) instanceof ObjectNode object) {
          add(fields.element(place, object));
        } else {
          fields.fault(place, "must be an object with a 'type'");
        }
      }
      endTurn();
    }

    private void add(Fields block) {
      String type = block.requiredString("type");
      String speaker =
          switch (type) {
            case "tool_use", "thinking", "redacted_thinking" -> "assistant";
            case "tool_result" -> "user";
            default -> role;
          };
      if (!speaker.equals(role)) {
        block.fault("type", "does not belong to a message of this role");
        return;
      }
      switch (type) {
        case "text" -> addText(block);
        case "tool_use" -> addCall(block);
        case "tool_result" -> addResult(block);
        case "thinking" -> reasoning = block.string("thinking");
        case "redacted_thinking", "" -> {}
        default -> block.unsupported("type", value -> false);
      }
    }

    private void addText(Fields block) {
      String text = block.string("text");
      if (block.find("text") == null) {
        block.fault("text", "is required");
      } else if (text != null) {
        texts.add(text);
      }
    }

    private void addCall(Fields block) {
      JsonNode input = block.find("input");
      if (input != null && !input.isObject()) {
        block.fault("input", "must be an object");
      }
      calls.add(
          MessageReader.call(
              block.requiredString("id"),
              block.requiredString("name"),
              input == null ? JSON.objectNode() : input));
    }

    private void addResult(Fields block) {
      endTurn();
      JsonNode content = block.find("content");
      String text = content == null ? "" : MessageReader.text(block, "content", content);
      block.bool("is_error", false);
      Map<String, Object> result = message("tool", text);
      result.put("tool_call_id", block.requiredString("tool_use_id"));
      messages.add(result);
    }

    /** What was said since the last result of a tool is a message. */
    private void endTurn() {
      if (texts.isEmpty() && calls.isEmpty()) {
        return;
      }
      Map<String, Object> message =
          message(role, texts.isEmpty() ? JSON.nullNode() : String.join("\n", texts));
      if (!calls.isEmpty()) {
        message.put("tool_calls", calls.deepCopy());
      }
      if (reasoning != null) {
        message.put("reasoning_content", reasoning);
      }
      messages.add(message);
      texts.clear();
      calls.removeAll();
      reasoning = null;
    }
  }
}
