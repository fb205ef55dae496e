package dev.heddle.format.text;

import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a chat template is rendered with. Values are what JSON has: strings, booleans, numbers,
 * null, lists, maps with string keys, or {@link JsonNode}s of them.
 *
 * @param messages maps with {@code role} and {@code content}, a text or a list of parts, and
 *     whatever else the template reads
 * @param tools JSON schemas of functions, or null for none
 * @param addGenerationPrompt whether the text ends where the model's answer begins
 * @param extra other variables by name; they win over the folder's {@code bos_token} and {@code
 *     eos_token}
 */
public record RenderInput(
    List<?> messages,
    @Nullable List<?> tools,
    boolean addGenerationPrompt,
    Map<String, ? extends @Nullable Object> extra) {

  /** Names under which a message's reasoning comes; the first is what templates read by now. */
  private static final List<String> REASONING =
      List.of("reasoning_content", "thinking", "reasoning");

  public RenderInput(List<?> messages) {
    this(messages, null, true, Map.of());
  }

  /**
   * Reads a JSON object with {@code messages}, {@code tools} and {@code add_generation_prompt}
   * (false if it is not there); every other field is a variable of its name, {@code bos_token} and
   * {@code eos_token} among them.
   *
   * @throws FormatException if it is not such an object
   */
  public static RenderInput parse(String json) {
    JsonNode root = Json.parse(json, "render input");
    JsonNode messages = root.path("messages");
    JsonNode tools = root.path("tools");
    if (!messages.isArray()) {
      throw new FormatException("bad-render-input", "messages", "expected a list of messages");
    }
    if (!tools.isArray() && !tools.isNull() && !tools.isMissingNode()) {
      throw new FormatException("bad-render-input", "tools", "expected a list of tools or null");
    }
    Map<String, Object> extra = new LinkedHashMap<>();
    root.properties().forEach(field -> extra.put(field.getKey(), field.getValue()));
    List.of("messages", "tools", "add_generation_prompt").forEach(extra::remove);
    return new RenderInput(
        list(messages),
        tools.isArray() ? list(tools) : null,
        root.path("add_generation_prompt").asBoolean(false),
        extra);
  }

  boolean hasTools() {
    return tools != null;
  }

  /** All variables by name, as transformers names them. */
  Map<String, @Nullable Object> variables() {
    Map<String, @Nullable Object> variables = new LinkedHashMap<>();
    variables.put("documents", null);
    variables.putAll(extra);
    variables.put("messages", messages.stream().map(RenderInput::withReasoning).toList());
    variables.put("tools", tools);
    variables.put("add_generation_prompt", addGenerationPrompt);
    return variables;
  }

  /** A message whose reasoning has any of its names has it under the names that templates read. */
  private static Object withReasoning(Object message) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    if (message instanceof JsonNode node) {
      node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
    } else if (message instanceof Map<?, ?> map) {
      map.forEach((name, value) -> fields.put(String.valueOf(name), value));
    }
    for (String name : REASONING) {
      Object reasoning = fields.get(name);
      if (reasoning != null && !(reasoning instanceof JsonNode node && node.isNull())) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("thinking", reasoning);
        all.putAll(fields);
        all.put("reasoning_content", reasoning);
        return all;
      }
    }
    return message;
  }

  private static List<JsonNode> list(JsonNode array) {
    List<JsonNode> items = new ArrayList<>();
    array.forEach(items::add);
    return items;
  }
}
