package dev.heddle.app.serving;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tools that an answer sees.
 *
 * @param choice what it may make of them
 * @param named the one that it has to call, null for any
 * @param parallel whether it may call more than one
 */
record Tools(List<Tool> list, Choice choice, @Nullable String named, boolean parallel) {
  /** No tools. */
  static final Tools NONE = new Tools(List.of(), Choice.NONE, null, true);

  /** What an answer may make of its tools. */
  enum Choice {
    /** It does not see them. */
    NONE,
    /** It calls them if it likes. */
    AUTO,
    /** It does nothing but call them. */
    REQUIRED
  }

  /**
   * One tool.
   *
   * @param parameters JSON schema of the arguments, null for none
   * @param strict whether the arguments of every call are valid against the schema
   */
  record Tool(
      String name, @Nullable String description, @Nullable JsonNode parameters, boolean strict) {
    /** As chat templates take it: OpenAI's shape. */
    ObjectNode definition() {
      ObjectNode definition = JsonNodeFactory.instance.objectNode().put("type", "function");
      ObjectNode function = definition.putObject("function").put("name", name);
      if (description != null) {
        function.put("description", description);
      }
      function.set("parameters", schema());
      return definition;
    }

    /** The schema of the arguments; that of any object where none is given. */
    JsonNode schema() {
      return parameters != null
          ? parameters
          : JsonNodeFactory.instance.objectNode().put("type", "object");
    }
  }

  Tools {
    list = List.copyOf(list);
  }

  /** Whether the answer sees any tool. */
  boolean areShown() {
    return choice != Choice.NONE && !list.isEmpty();
  }

  /** Whether the answer cannot be any text: it has to call, or calls only so. */
  boolean areEnforced() {
    return areShown() && (choice == Choice.REQUIRED || list.stream().anyMatch(Tool::strict));
  }

  /** Those that may be called. */
  List<Tool> callable() {
    return named == null ? list : list.stream().filter(tool -> tool.name().equals(named)).toList();
  }

  /** What the answer sees, as chat templates take it. */
  List<JsonNode> definitions() {
    return areShown() ? list.stream().<JsonNode>map(Tool::definition).toList() : List.of();
  }

  /** Names of those that may be called. */
  Set<String> names() {
    return callable().stream().map(Tool::name).collect(Collectors.toSet());
  }
}
