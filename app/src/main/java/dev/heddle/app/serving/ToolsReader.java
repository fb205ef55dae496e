package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the tools of a request, however its surface spells them. */
final class ToolsReader {
  private static final int TOOLS_MAX = 128;
  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,64}");
  private static final String CHOICE = "tool_choice";

  private ToolsReader() {}

  /** Tools of {@code /v1/chat/completions}: each a function inside an object. */
  static Tools chat(Fields fields, Structures structures) {
    List<Tools.Tool> list =
        list(
            fields,
            tool -> {
              boolean is = isFunction(tool);
              Fields function = is ? tool.object("function") : null;
              if (is && tool.find("function") == null) {
                tool.fault("function", "is required");
              }
              return function == null ? null : function(function, "parameters", structures);
            });
    return chosen(
        fields,
        list,
        object -> {
          Fields function = object.object("function");
          return function == null ? "" : function.requiredString("name");
        });
  }

  /** Tools of {@code /v1/responses}: each a function by itself. */
  static Tools responses(Fields fields, Structures structures) {
    List<Tools.Tool> list =
        list(fields, tool -> isFunction(tool) ? function(tool, "parameters", structures) : null);
    return chosen(fields, list, object -> object.requiredString("name"));
  }

  /** Tools of {@code /v1/messages}. */
  static Tools messages(Fields fields, Structures structures) {
    List<Tools.Tool> list =
        list(
            fields,
            tool -> {
              tool.unsupported(
                  "type", type -> type.isString() && type.stringValue().equals("custom"));
              if (tool.find("input_schema") == null) {
                tool.fault("input_schema", "is required");
              }
              return function(tool, "input_schema", structures);
            });
    Fields choice = fields.object(CHOICE);
    if (choice == null) {
      return new Tools(list, Tools.Choice.AUTO, null, true);
    }
    boolean parallel = !choice.bool("disable_parallel_tool_use", false);
    String type = choice.requiredString("type");
    return switch (type) {
      case "auto", "" -> new Tools(list, Tools.Choice.AUTO, null, parallel);
      case "none" -> new Tools(list, Tools.Choice.NONE, null, parallel);
      case "any" -> {
        requireTools(fields, list);
        yield new Tools(list, Tools.Choice.REQUIRED, null, parallel);
      }
      case "tool" -> named(fields, list, choice.requiredString("name"));
      default -> {
        choice.fault("type", "must be auto, any, tool or none");
        yield Tools.NONE;
      }
    };
  }

  private static List<Tools.Tool> list(
      Fields fields, Function<Fields, Tools.@Nullable Tool> reader) {
    JsonNode value = fields.find("tools");
    List<Tools.Tool> list = new ArrayList<>();
    if (value == null) {
      return list;
    }
    if (!value.isArray() || value.size() > TOOLS_MAX) {
      fields.fault("tools", "must be an array of at most " + TOOLS_MAX + " tools");
      return list;
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < value.size() && !fields.isFull(); i++) {
      String place = "tools[" + i + "]";
      if (!(value.get(i) instanceof ObjectNode object)) {
        fields.fault(place, "must be an object");
        continue;
      }
      Tools.Tool tool = reader.apply(fields.element(place, object));
      if (tool != null && !tool.name().isEmpty() && !names.add(tool.name())) {
        fields.fault(place, "has the name of another tool");
      }
      if (tool != null) {
        list.add(tool);
      }
    }
    return list;
  }

  /** Whether a tool is a function; others are refused by name. */
  private static boolean isFunction(Fields tool) {
    String type = tool.requiredString("type");
    if (!type.isEmpty() && !type.equals("function")) {
      tool.unsupported("type", value -> false);
    }
    return type.equals("function");
  }

  private static Tools.Tool function(Fields fields, String schema, Structures structures) {
    String name = fields.requiredString("name");
    if (!name.isEmpty() && !NAME.matcher(name).matches()) {
      fields.fault("name", "must have 1 to 64 characters a-z, A-Z, 0-9, '_', '-'");
    }
    JsonNode parameters = fields.find(schema);
    if (parameters != null && !parameters.isObject()) {
      fields.fault(schema, "must be an object");
      parameters = null;
    }
    boolean strict = fields.bool("strict", false);
    Tools.Tool tool = new Tools.Tool(name, fields.string("description"), parameters, strict);
    if (strict) {
      StructureFields.requireKept(fields, schema, tool.schema(), structures);
    }
    return tool;
  }

  /**
   * OpenAI's choice: a word, or an object that names a function.
   *
   * @param name the name in such an object
   */
  private static Tools chosen(Fields fields, List<Tools.Tool> list, Function<Fields, String> name) {
    boolean parallel = fields.bool("parallel_tool_calls", true);
    Tools auto = new Tools(list, Tools.Choice.AUTO, null, parallel);
    JsonNode value = fields.find(CHOICE);
    if (value == null) {
      return auto;
    }
    if (value.isObject()) {
      Fields object = fields.object(CHOICE);
      if (object != null && isFunction(object)) {
        return named(fields, list, name.apply(object));
      }
      return auto;
    }
    String word = value.isString() ? value.stringValue() : "";
    switch (word) {
      case "none" -> {
        return new Tools(list, Tools.Choice.NONE, null, parallel);
      }
      case "required" -> {
        requireTools(fields, list);
        return new Tools(list, Tools.Choice.REQUIRED, null, parallel);
      }
      case "auto" -> {}
      default -> fields.fault(CHOICE, "must be none, auto, required, or an object");
    }
    return auto;
  }

  private static Tools named(Fields fields, List<Tools.Tool> list, String name) {
    if (!name.isEmpty() && list.stream().noneMatch(tool -> tool.name().equals(name))) {
      fields.fault(CHOICE, "names no function of 'tools'");
    }
    return new Tools(list, Tools.Choice.REQUIRED, name, false);
  }

  private static void requireTools(Fields fields, List<Tools.Tool> list) {
    if (list.isEmpty()) {
      fields.fault(CHOICE, "needs 'tools'");
    }
  }

  /** Together with these, what an answer has to look like could leave no token. */
  static void requireFree(Fields fields, Tools tools) {
    for (String name : List.of("allowed_token_ids", "bad_words")) {
      if (tools.areEnforced() && fields.find(name) != null) {
        fields.fault(name, "cannot be combined with tools that have to be called or are strict");
      }
    }
  }
}
