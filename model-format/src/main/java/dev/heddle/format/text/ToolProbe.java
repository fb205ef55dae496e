package dev.heddle.format.text;

import dev.heddle.template.TemplateException;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.JsonNodeFactory;

/** Finds out how a chat template takes tools, by what it makes of them. */
final class ToolProbe {
  private static final String TOOL = "heddleprobetool";
  private static final String ARGUMENT = "heddleprobeargument";
  private static final String RESULT = "heddleproberesult";

  /** Some templates want exactly this length. */
  private static final String ID = "heddle123";

  private ToolProbe() {}

  static ToolUse of(ChatTemplate template) {
    if (shows(template, Map.of("city", ARGUMENT))) {
      return ToolUse.OBJECTS;
    }
    return shows(template, "{\"city\": \"" + ARGUMENT + "\"}") ? ToolUse.TEXTS : ToolUse.NONE;
  }

  private static boolean shows(ChatTemplate template, Object arguments) {
    Map<String, Object> call =
        Map.of(
            "id", ID, "type", "function", "function", Map.of("name", TOOL, "arguments", arguments));
    List<Map<String, Object>> messages =
        List.of(
            Map.of("role", "user", "content", "a"),
            Map.of(
                "role",
                "assistant",
                "content",
                JsonNodeFactory.instance.nullNode(),
                "tool_calls",
                List.of(call)),
            Map.of("role", "tool", "name", TOOL, "tool_call_id", ID, "content", RESULT));
    String called = rendered(template, messages);
    // Some templates show tools beside the last question only.
    String asked = rendered(template, messages.subList(0, 1));
    return asked.contains(TOOL) && called.contains(ARGUMENT) && called.contains(RESULT);
  }

  /** Empty where the template refuses the conversation. */
  private static String rendered(ChatTemplate template, List<Map<String, Object>> messages) {
    Map<String, Object> function =
        Map.of(
            "name",
            TOOL,
            "description",
            "a",
            "parameters",
            Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string"))));
    try {
      return template.render(
          new RenderInput(
              messages, List.of(Map.of("type", "function", "function", function)), true, Map.of()));
    } catch (TemplateException e) {
      return "";
    }
  }
}
