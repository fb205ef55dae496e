package dev.heddle.it.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The document as it is checked in: what springdoc derived of management's handlers, what the
 * records say, and the OpenAI surface, which is written by hand since its shapes are another's.
 */
public final class ContractDocument {
  private static final JsonMapper MAPPER = JsonMapper.shared();
  private static final List<String> METHODS =
      List.of("get", "head", "options", "put", "post", "patch", "delete");

  private final RecordSchemas schemas;
  private final Operations operations;
  private final Path repository;

  private ContractDocument(Path repository) {
    Javadocs javadocs = new Javadocs(repository);
    this.schemas = new RecordSchemas(javadocs);
    this.operations = new Operations(schemas, javadocs);
    this.repository = repository;
  }

  /**
   * Makes the document.
   *
   * @param derived what springdoc serves
   * @param repository folder of the modules, for texts of the sources
   */
  public static ObjectNode of(ObjectNode derived, Path repository) {
    return new ContractDocument(repository).build(derived);
  }

  /**
   * What is missing in a document.
   *
   * @param derived what springdoc serves, with every mapping there is
   */
  public static List<String> gaps(ObjectNode derived, ObjectNode document) {
    List<String> gaps = new ArrayList<>();
    for (JsonNode mapping : derived.withArray(DerivedDocument.MAPPINGS)) {
      String[] parts = mapping.stringValue().split(" ");
      JsonNode operation =
          document.path("paths").path(parts[1]).path(parts[0].toLowerCase(java.util.Locale.ROOT));
      if (operation.isMissingNode()) {
        gaps.add(mapping.stringValue() + " is not in the document");
        continue;
      }
      if (operation.path("summary").asString("").isBlank()) {
        gaps.add(mapping.stringValue() + " has no summary");
      }
      if (operation.path("tags").path(0).asString("-controller").endsWith("-controller")) {
        gaps.add(mapping.stringValue() + " has no @Tag at its class");
      }
      for (Map.Entry<String, JsonNode> response : operation.path("responses").properties()) {
        boolean empty =
            response.getValue().has("$ref")
                || response.getValue().path("description").asString("").equals(Operations.NO_BODY);
        if (!empty && response.getValue().path("content").isEmpty()) {
          gaps.add(mapping.stringValue() + " has no schema of its " + response.getKey());
        }
      }
    }
    for (JsonNode reference : document.findValues("$ref")) {
      if (document.at(reference.stringValue().substring(1)).isMissingNode()) {
        gaps.add(reference.stringValue() + " is referred to and not there");
      }
    }
    return gaps;
  }

  /** As the file has it. */
  public static String text(ObjectNode document) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
    return MAPPER.writer().with(printer).writeValueAsString(document) + "\n";
  }

  private ObjectNode build(ObjectNode derived) {
    ObjectNode surface = resource("openai.json");
    ObjectNode frame = resource("frame.json");
    Map<String, ObjectNode> paths = new TreeMap<>();
    Map<String, JsonNode> handled = new TreeMap<>();
    derived.path("paths").properties().forEach(e -> handled.put(e.getKey(), e.getValue()));
    for (Map.Entry<String, JsonNode> path : handled.entrySet()) {
      ObjectNode written = (ObjectNode) surface.path("paths").get(path.getKey());
      paths.put(
          path.getKey(),
          written != null
              ? operations.inference(path.getKey(), written)
              : operations.management(path.getKey(), (ObjectNode) path.getValue()));
    }
    ObjectNode document = frame.deepCopy();
    ObjectNode target = document.putObject("paths");
    paths.forEach((path, item) -> target.set(path, sorted(item)));
    ObjectNode components = (ObjectNode) document.remove("components");
    merge(components, (ObjectNode) surface.path("components"));
    ObjectNode errors = components.putObject("responses");
    operations.errors().forEach(errors::set);
    Map<String, JsonNode> all = new TreeMap<>(schemas.components());
    components.path("schemas").properties().forEach(e -> all.put(e.getKey(), e.getValue()));
    all.forEach((name, schema) -> components.withObject("/schemas").remove(name));
    all.forEach((name, schema) -> components.withObject("/schemas").set(name, schema));
    ArrayNode codes = (ArrayNode) components.at("/schemas/Problem/properties/code/enum");
    ErrorCodes.all(repository).forEach(codes::add);
    document.set("components", components);
    return document;
  }

  private static ObjectNode sorted(ObjectNode item) {
    ObjectNode sorted = MAPPER.createObjectNode();
    for (String method : METHODS) {
      if (item.has(method)) {
        sorted.set(method, item.get(method));
      }
    }
    return sorted;
  }

  private static void merge(ObjectNode target, ObjectNode more) {
    for (Map.Entry<String, JsonNode> entry : more.properties()) {
      if (target.get(entry.getKey()) instanceof ObjectNode inner) {
        merge(inner, (ObjectNode) entry.getValue());
      } else {
        target.set(entry.getKey(), entry.getValue());
      }
    }
  }

  private static ObjectNode resource(String name) {
    try (InputStream in = ContractDocument.class.getResourceAsStream(name)) {
      return (ObjectNode) MAPPER.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
