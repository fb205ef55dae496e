package dev.heddle.app.serving;

import dev.heddle.app.speech.SpeechSyntax.Thinking;
import dev.heddle.app.speech.ToolFormat;
import dev.heddle.structured.Structure;
import dev.heddle.structured.StructureException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What an answer looks like that has to call tools, or calls them in a strict form only. */
final class ToolStructures {
  private static final String OPEN = "<think>";
  private static final String CLOSE = "</think>";

  private final ToolFormat format;
  private final boolean fenced;
  private final Function<String, Structure> marks;
  private final Structures structures;

  /**
   * @param fenced whether DeepSeek's arguments stand in a block of Markdown
   * @param marks a text that may be a special token
   * @param structures tells which schemas can be kept to
   */
  ToolStructures(
      ToolFormat format, boolean fenced, Function<String, Structure> marks, Structures structures) {
    this.format = format;
    this.fenced = fenced;
    this.marks = marks;
    this.structures = structures;
  }

  /**
   * The whole answer.
   *
   * @param form of an answer that calls no tool, null for any text
   */
  Structure of(Tools tools, Thinking thinking, @Nullable Structure form) {
    Structure answer = answer(tools, form);
    Structure thought =
        sequence(new Structure.Text(List.of(CLOSE)), marks.apply(CLOSE), literal("\n\n"), answer);
    return switch (thinking) {
      case NONE -> answer;
      case MARKED -> either(answer, sequence(marks.apply(OPEN), thought));
      case BEGUN -> thought;
    };
  }

  private Structure answer(Tools tools, @Nullable Structure form) {
    Structure calls = calls(tools);
    if (tools.choice() == Tools.Choice.REQUIRED) {
      return calls;
    }
    if (form != null) {
      return either(calls, form);
    }
    return format == ToolFormat.LLAMA
        ? either(calls, new Structure.Text(List.of("{\"name\"")))
        : sequence(
            new Structure.Text(List.of(format.opening())), new Structure.Repeat(calls, 0, 1));
  }

  private Structure calls(Tools tools) {
    List<Structure> each = tools.callable().stream().map(this::call).toList();
    Structure call = each.size() == 1 ? each.getFirst() : new Structure.Either(each);
    int more = tools.parallel() ? -1 : 0;
    return switch (format) {
      case HERMES -> list(call, "\n", more);
      case LLAMA -> list(call, "; ", more);
      case MISTRAL ->
          sequence(
              marks.apply(format.opening()), literal("["), list(call, ", ", more), literal("]"));
      case DEEPSEEK ->
          sequence(
              marks.apply(format.opening()),
              list(call, "\n", more),
              marks.apply("<｜tool▁calls▁end｜>"));
    };
  }

  private Structure call(Tools.Tool tool) {
    Structure arguments = arguments(tool);
    String name = "{\"name\": \"" + tool.name() + "\", ";
    return switch (format) {
      case HERMES ->
          sequence(
              marks.apply(format.opening()),
              literal("\n" + name + "\"arguments\": "),
              arguments,
              literal("}\n"),
              marks.apply("</tool_call>"));
      case LLAMA -> sequence(literal(name + "\"parameters\": "), arguments, literal("}"));
      case MISTRAL -> sequence(literal(name + "\"arguments\": "), arguments, literal("}"));
      case DEEPSEEK ->
          sequence(
              marks.apply("<｜tool▁call▁begin｜>"),
              literal(fenced ? "function" : tool.name()),
              marks.apply("<｜tool▁sep｜>"),
              literal(fenced ? tool.name() + "\n```json\n" : ""),
              arguments,
              literal(fenced ? "\n```" : ""),
              marks.apply("<｜tool▁call▁end｜>"));
    };
  }

  /** A schema that cannot be kept to is any object, unless it is strict. */
  private Structure arguments(Tools.Tool tool) {
    Structure schema = new Structure.JsonSchema(tool.schema());
    if (tool.strict()) {
      return schema;
    }
    try {
      structures.compile(schema);
      return schema;
    } catch (StructureException e) {
      return new Structure.JsonObject();
    }
  }

  /** One, and others behind it. */
  private static Structure list(Structure one, String separator, int more) {
    return more == 0
        ? one
        : sequence(one, new Structure.Repeat(sequence(literal(separator), one), 0, more));
  }

  private static Structure literal(String text) {
    return new Structure.Literal(text);
  }

  private static Structure sequence(Structure... parts) {
    List<Structure> said = new ArrayList<>();
    for (Structure part : parts) {
      if (!part.equals(literal(""))) {
        said.add(part);
      }
    }
    return new Structure.Sequence(said);
  }

  private static Structure either(Structure... options) {
    return new Structure.Either(List.of(options));
  }
}
