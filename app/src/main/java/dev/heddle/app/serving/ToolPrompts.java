package dev.heddle.app.serving;

import dev.heddle.app.speech.ToolFormat;
import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.ToolUse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Lays out tools, calls of them and their results as a chat template takes them. For a template
 * that does not know tools they become text: the tools at the end of the system message, calls in
 * the assistant's, results in the user's. Any thread.
 */
final class ToolPrompts {
  private static final String BEFORE_TOOLS = "You can call functions. These are there:\n<tools>\n";
  private static final String AFTER_TOOLS =
      "</tools>\nTo call one, write\n<tool_call>\n{\"name\": \"its name\", \"arguments\": {…}}\n"
          + "</tool_call>\nIts result comes in <tool_response>.";

  /**
   * Messages as a template takes them.
   *
   * @param sources for each the index of the message that it was made of; -1 for none
   */
  record Laid(List<Map<String, Object>> messages, List<Integer> sources) {}

  private final ToolUse use;
  private final ToolFormat format;
  private final boolean fenced;

  /**
   * @param set how calls are written, null to tell by the template
   */
  ToolPrompts(ChatTemplate template, @Nullable ToolFormat set) {
    this.use = template.toolUse();
    ToolFormat told = use == ToolUse.NONE ? ToolFormat.HERMES : ToolFormat.of(template::mentions);
    this.format = set == null ? told : set;
    this.fenced = template.mentions("```json");
  }

  /** How calls are written. */
  ToolFormat format() {
    return format;
  }

  /** Whether DeepSeek's arguments stand in a block of Markdown. */
  boolean isFenced() {
    return fenced;
  }

  /** What a template is given as its tools, null for none. */
  @Nullable List<JsonNode> given(Tools tools) {
    return use == ToolUse.NONE || !tools.areShown() ? null : tools.definitions();
  }

  /** The messages as the template takes them. */
  Laid laid(List<Map<String, Object>> messages, Tools tools) {
    Laid laid = new Laid(new ArrayList<>(), new ArrayList<>());
    if (use == ToolUse.NONE && tools.areShown()) {
      addTools(laid, messages, tools);
    }
    for (int i = laid.sources.contains(0) ? 1 : 0; i < messages.size(); i++) {
      Map<String, Object> message = messages.get(i);
      boolean result = "tool".equals(message.get("role"));
      if (use != ToolUse.NONE) {
        add(laid, i, withArguments(message));
      } else if (result && i > 0 && "tool".equals(messages.get(i - 1).get("role"))) {
        Map<String, Object> last = laid.messages.getLast();
        last.put("content", last.get("content") + "\n" + response(message));
      } else {
        add(laid, i, result ? asUser(message) : withCalls(message));
      }
    }
    return laid;
  }

  private static void add(Laid laid, int source, Map<String, Object> message) {
    laid.messages.add(message);
    laid.sources.add(source);
  }

  private static void addTools(Laid laid, List<Map<String, Object>> messages, Tools tools) {
    StringBuilder text = new StringBuilder(BEFORE_TOOLS);
    tools.definitions().forEach(tool -> text.append(tool.path("function")).append('\n'));
    text.append(AFTER_TOOLS);
    Map<String, Object> system = new LinkedHashMap<>();
    system.put("role", "system");
    boolean joins = !messages.isEmpty() && "system".equals(messages.getFirst().get("role"));
    system.put(
        "content", joins ? messages.getFirst().get("content") + "\n\n" + text : text.toString());
    add(laid, joins ? 0 : -1, system);
  }

  private static Map<String, Object> asUser(Map<String, Object> result) {
    Map<String, Object> user = new LinkedHashMap<>();
    user.put("role", "user");
    user.put("content", response(result));
    return user;
  }

  private static String response(Map<String, Object> result) {
    return "<tool_response>\n" + result.get("content") + "\n</tool_response>";
  }

  /** An assistant's message with its calls in its text. */
  private static Map<String, Object> withCalls(Map<String, Object> message) {
    if (!(message.get("tool_calls") instanceof JsonNode calls)) {
      return message;
    }
    List<String> parts = new ArrayList<>();
    if (message.get("content") instanceof String said && !said.isEmpty()) {
      parts.add(said);
    }
    for (JsonNode call : calls) {
      ObjectNode written = JsonNodeFactory.instance.objectNode();
      written.set("name", call.path("function").path("name"));
      written.set("arguments", call.path("function").path("arguments"));
      parts.add("<tool_call>\n" + written + "\n</tool_call>");
    }
    Map<String, Object> assistant = new LinkedHashMap<>(message);
    assistant.remove("tool_calls");
    assistant.put("content", String.join("\n", parts));
    return assistant;
  }

  /** The message with the arguments of its calls in the form that the template takes. */
  private Map<String, Object> withArguments(Map<String, Object> message) {
    if (use == ToolUse.OBJECTS || !(message.get("tool_calls") instanceof JsonNode calls)) {
      return message;
    }
    JsonNode texts = calls.deepCopy();
    for (JsonNode call : texts) {
      ObjectNode function = (ObjectNode) call.path("function");
      function.put("arguments", function.path("arguments").toString());
    }
    Map<String, Object> assistant = new LinkedHashMap<>(message);
    assistant.put("tool_calls", texts);
    return Collections.unmodifiableMap(assistant);
  }
}
