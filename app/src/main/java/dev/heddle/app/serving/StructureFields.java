package dev.heddle.app.serving;

import dev.heddle.app.request.Fields;
import dev.heddle.format.FormatException;
import dev.heddle.format.Json;
import dev.heddle.structured.StrictSchema;
import dev.heddle.structured.Structure;
import dev.heddle.structured.StructureException;
import dev.heddle.structured.Violation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Reads what an answer must look like: OpenAI's {@code response_format}, and the fields of vLLM and
 * llama.cpp that say the same.
 */
final class StructureFields {
  private static final int MAX_CHOICES = 10_000;

  private final Fields fields;
  private final Structures structures;
  private final List<Found> found = new ArrayList<>();

  private record Found(String place, Structure structure, boolean strict) {}

  private StructureFields(Fields fields, Structures structures) {
    this.fields = fields;
    this.structures = structures;
  }

  /** Null if any text will do, and if something is wrong, which is a fault of the fields. */
  static @Nullable Form read(Fields fields, Structures structures) {
    StructureFields reader = new StructureFields(fields, structures);
    reader.responseFormat();
    Fields inner = fields.object("structured_outputs");
    if (inner != null) {
      inner.allowOnly("json", "json_object", "regex", "choice", "grammar");
      reader.kinds(inner, "structured_outputs.", "");
    }
    reader.kinds(fields, "", "guided_");
    reader.json(fields.find("json_schema"), "json_schema");
    reader.text(fields, "grammar", "grammar");
    return reader.compile();
  }

  /** As {@link #read}, of the {@code format} of {@code /v1/responses}. */
  static @Nullable Form readFormat(Fields text, Structures structures) {
    StructureFields reader = new StructureFields(text, structures);
    Fields format = text.object("format");
    if (format != null) {
      switch (format.requiredString("type")) {
        case "text", "" -> {}
        case "json_object" -> reader.add("format", new Structure.JsonObject());
        case "json_schema" -> reader.schema(format, "format.schema");
        default -> format.fault("type", "must be 'text', 'json_object' or 'json_schema'");
      }
    }
    return reader.compile();
  }

  /** Faults a schema that answers cannot be made to keep to, or that is not strict. */
  static void requireKept(Fields fields, String place, JsonNode schema, Structures structures) {
    StructureFields reader = new StructureFields(fields, structures);
    reader.found.add(new Found(place, new Structure.JsonSchema(schema), true));
    reader.compile();
  }

  private void responseFormat() {
    Fields format = fields.object("response_format");
    if (format == null) {
      return;
    }
    switch (format.requiredString("type")) {
      case "text", "" -> {}
      case "json_object" -> add("response_format", new Structure.JsonObject());
      case "json_schema" -> {
        Fields schema = format.object("json_schema");
        if (schema == null) {
          format.fault("json_schema", "must be an object");
          return;
        }
        schema(schema, "response_format.json_schema.schema");
      }
      default -> format.fault("type", "must be 'text', 'json_object' or 'json_schema'");
    }
  }

  /** A schema beside its name, and whether it is strict. */
  private void schema(Fields holder, String place) {
    holder.string("name");
    JsonNode value = holder.find("schema");
    if (value == null) {
      holder.fault("schema", "is required");
      return;
    }
    found.add(new Found(place, new Structure.JsonSchema(value), holder.bool("strict", false)));
  }

  /** Fields that have the same names in an object, or a prefix outside of one. */
  private void kinds(Fields from, String place, String prefix) {
    json(from.find(prefix + "json"), place + prefix + "json");
    text(from, prefix + "regex", place + prefix + "regex");
    text(from, prefix + "grammar", place + prefix + "grammar");
    choice(from, prefix + "choice", place + prefix + "choice");
    if (from.bool(prefix + "json_object", false)) {
      add(place + prefix + "json_object", new Structure.JsonObject());
    }
  }

  private void add(String place, Structure structure) {
    found.add(new Found(place, structure, false));
  }

  /** A schema may be written as a string of JSON. */
  private void json(@Nullable JsonNode value, String place) {
    if (value == null) {
      return;
    }
    if (!value.isString()) {
      add(place, new Structure.JsonSchema(value));
      return;
    }
    try {
      add(place, new Structure.JsonSchema(Json.parse(value.stringValue(), place)));
    } catch (FormatException e) {
      fields.fault(place, "must be a JSON Schema");
    }
  }

  private void text(Fields from, String name, String place) {
    String text = from.string(name);
    if (text != null) {
      add(place, name.endsWith("regex") ? new Structure.Regex(text) : new Structure.Grammar(text));
    }
  }

  private void choice(Fields from, String name, String place) {
    JsonNode value = from.find(name);
    if (value == null) {
      return;
    }
    if (!value.isArray() || value.isEmpty() || value.size() > MAX_CHOICES) {
      from.fault(name, "must be an array of 1 to " + MAX_CHOICES + " strings");
      return;
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < value.size() && !from.isFull(); i++) {
      String text = from.text(name + "[" + i + "]", value.get(i));
      if (text != null) {
        texts.add(text);
      }
    }
    if (texts.size() == value.size()) {
      add(place, new Structure.Choice(texts));
    }
  }

  private @Nullable Form compile() {
    if (found.isEmpty()) {
      return null;
    }
    Found first = found.getFirst();
    for (Found other : found.subList(1, found.size())) {
      fields.fault(other.place, "cannot be combined with '" + first.place + "'");
    }
    refuseOthers(first.place);
    List<Violation> violations = new ArrayList<>();
    if (first.strict && first.structure instanceof Structure.JsonSchema schema) {
      violations.addAll(StrictSchema.violations(schema.schema()));
    }
    Form form = null;
    try {
      form = new Form(first.structure, structures.compile(first.structure));
    } catch (StructureException e) {
      violations.addAll(e.violations());
    }
    for (Violation violation : violations) {
      fields.fault(first.place + violation.pointer(), what(violation.message()));
    }
    return form;
  }

  /** Together with a grammar they could leave no token that may come. */
  private void refuseOthers(String place) {
    for (String name : List.of("allowed_token_ids", "bad_words")) {
      if (fields.find(name) != null) {
        fields.fault(name, "cannot be combined with '" + place + "'");
      }
    }
    if (fields.find("min_tokens") != null && fields.find("stop_token_ids") != null) {
      fields.fault("stop_token_ids", "cannot be combined with 'min_tokens' and '" + place + "'");
    }
  }

  private static String what(String message) {
    return message.startsWith("the ") ? "is refused: " + message : message;
  }
}
