package dev.heddle.structured;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The JSON-Schema-Test-Suite, as far as its files are of the subset; its license is beside it. */
final class Suite {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .build();
  private static final Path ROOT =
      Path.of(
          System.getProperty("heddle.repo"),
          "structured/src/test/resources/json-schema-test-suite");

  private Suite() {}

  /** A schema and its cases. */
  record Group(String file, JsonNode schema, JsonNode tests) {
    /** Null if the schema is not of the subset. */
    Constraint compile() {
      try {
        return Bytes.compile(new Structure.JsonSchema(schema));
      } catch (StructureException refused) {
        return null;
      }
    }

    /** Whether the schema is of the subset, and nothing is valid against it. */
    boolean isEmpty() {
      try {
        Bytes.compile(new Structure.JsonSchema(schema));
        return false;
      } catch (StructureException e) {
        return e.getMessage().contains("matches no text");
      }
    }
  }

  static List<Group> groups(String draft) throws IOException {
    List<Group> groups = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve(draft))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        for (JsonNode group : JSON.readTree(Files.readString(file))) {
          groups.add(
              new Group(ROOT.relativize(file).toString(), group.get("schema"), group.get("tests")));
        }
      }
    }
    return groups;
  }
}
