package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request to {@code /v1/chat/completions}.
 *
 * @param messages as a chat template takes them: maps with {@code role}, {@code content} and what
 *     strings else a message has
 * @param layout extension: how the messages are laid out
 * @param parseSpecialTokens extension: whether special tokens that messages spell are parsed as
 *     such; null for the server's setting
 */
record ChatRequest(
    Options options,
    List<Map<String, Object>> messages,
    ChatLayout layout,
    @Nullable Boolean parseSpecialTokens) {
  private static final String TEMPLATE_VARIABLES = "chat_template_kwargs";

  /** What a template is rendered with anyway. */
  private static final Set<String> OWN_VARIABLES =
      Set.of(
          "messages",
          "tools",
          "documents",
          "add_generation_prompt",
          "continue_final_message",
          "chat_template");

  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool");
  private static final int MAX_TOP_LOGPROBS = 20;

  ChatRequest {
    messages = List.copyOf(messages);
  }

  /**
   * @throws dev.heddle.app.error.ApiException naming every fault of the request
   */
  static ChatRequest read(ObjectNode body, RequestLimits limits) {
    Fields fields = new Fields(body);
    Options options = OptionsReader.read(fields, limits, 1, logprobs(fields));
    UnbuiltFields.refuseForChat(fields);
    List<Map<String, Object>> messages = messages(fields);
    ChatLayout layout = layout(fields, messages);
    Boolean parse =
        fields.find("parse_special_tokens") == null
            ? null
            : Boolean.valueOf(fields.bool("parse_special_tokens", false));
    fields.throwFaults();
    return new ChatRequest(options, messages, layout, parse);
  }

  private static int logprobs(Fields fields) {
    boolean wanted = fields.bool("logprobs", false);
    Integer top = fields.integer("top_logprobs", 0, MAX_TOP_LOGPROBS);
    if (top != null && !wanted) {
      fields.fault("top_logprobs", "needs 'logprobs' to be true");
    }
    return wanted ? (top == null ? 0 : top) : -1;
  }

  private static ChatLayout layout(Fields fields, List<Map<String, Object>> messages) {
    boolean continues = fields.bool("continue_final_message", false);
    boolean adds = fields.bool("add_generation_prompt", !continues);
    if (continues && adds) {
      fields.fault("add_generation_prompt", "cannot be true with 'continue_final_message'");
    }
    if (continues
        && !messages.isEmpty()
        && String.valueOf(messages.getLast().get("content")).isBlank()) {
      fields.fault("continue_final_message", "needs a last message with a text");
    }
    return new ChatLayout(adds, continues, variables(fields));
  }

  private static Map<String, JsonNode> variables(Fields fields) {
    Map<String, JsonNode> variables = new LinkedHashMap<>();
    JsonNode given = fields.find(TEMPLATE_VARIABLES);
    if (given != null && !given.isObject()) {
      fields.fault(TEMPLATE_VARIABLES, "must be an object");
    } else if (given != null) {
      for (Map.Entry<String, JsonNode> variable : given.properties()) {
        String name = variable.getKey();
        if (OWN_VARIABLES.contains(name) || name.endsWith("_token")) {
          fields.fault(TEMPLATE_VARIABLES + "." + name, "is not a request's to set");
        }
        variables.put(name, variable.getValue());
      }
    }
    return variables;
  }

  private static List<Map<String, Object>> messages(Fields fields) {
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
    message.put("content", content(fields, role));
    for (String name : List.of("name", "tool_call_id")) {
      String text = fields.string(name);
      if (text != null) {
        message.put(name, text);
      }
    }
    fields.unsupported("tool_calls", value -> value.isArray() && value.isEmpty());
    fields.unsupported("function_call", value -> false);
    return message;
  }

  private static String content(Fields fields, String role) {
    JsonNode value = fields.find("content");
    if (value == null) {
      if (!role.equals("assistant")) {
        fields.fault("content", "is required");
      }
      return "";
    }
    if (value.isString()) {
      String text = fields.text("content", value);
      return text == null ? "" : text;
    }
    if (!value.isArray()) {
      fields.fault("content", "must be a string or an array of text parts");
      return "";
    }
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < value.size() && !fields.isFull(); i++) {
      String text = part(fields, "content[" + i + "]", value.get(i));
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
    if (!type.isEmpty() && !type.equals("text")) {
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
