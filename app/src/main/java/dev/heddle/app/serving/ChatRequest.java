package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A conversation to be answered: a request to {@code /v1/chat/completions}, or what another door
 * has made one of.
 *
 * @param messages as a chat template takes them: maps with {@code role}, {@code content}, and what
 *     else a message has: strings, and {@code tool_calls}, an array whose arguments are objects
 * @param layout extension: how the messages are laid out
 * @param parseSpecialTokens extension: whether special tokens that messages spell are parsed as
 *     such; null for the server's setting
 * @param param the field of the request that has the messages
 */
record ChatRequest(
    Options options,
    List<Map<String, Object>> messages,
    Tools tools,
    ChatLayout layout,
    @Nullable Boolean parseSpecialTokens,
    String param) {
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
    Tools tools = ToolsReader.chat(fields, limits.structures());
    ToolsReader.requireFree(fields, tools);
    List<Map<String, Object>> messages = MessageReader.all(fields);
    ChatLayout layout = layout(fields, messages);
    Boolean parse =
        fields.find("parse_special_tokens") == null
            ? null
            : Boolean.valueOf(fields.bool("parse_special_tokens", false));
    fields.throwFaults();
    return new ChatRequest(options, messages, tools, layout, parse, "messages");
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
        && !(messages.getLast().get("content") instanceof String text && !text.isBlank())) {
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
}
