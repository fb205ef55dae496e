package dev.heddle.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import dev.heddle.format.Json;
import dev.heddle.format.model.ModelConfigReader;
import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.Precision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/models.md is what the configurations in testdata/configs say. {@code
 * -Dheddle.models=write} writes it.
 */
class PublishedModelsTest {
  private static final Path REPO = Path.of(System.getProperty("heddle.repo"));
  private static final Path DOCS = REPO.resolve("docs/models.md");
  private static final String BEGIN = "<!-- table -->\n";
  private static final String END = "<!-- end -->\n";
  private static final String HEAD =
      """
      | model | `model_type` | layers with experts | experts of a layer | one expert | base model | KV of a token |
      |---|---|---|---|---|---|---|
      """;

  @Test
  void the_documented_table_is_what_the_configurations_say() throws IOException {
    String text = Files.readString(DOCS);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    int to = text.indexOf(END);
    String table = HEAD + String.join("", configs().stream().map(this::row).toList());
    if ("write".equals(System.getProperty("heddle.models"))) {
      Files.writeString(DOCS, text.substring(0, from) + table + text.substring(to));
      return;
    }
    assertThat(text.substring(from, to)).isEqualTo(table);
  }

  private static List<Path> configs() throws IOException {
    try (Stream<Path> files = Files.list(REPO.resolve("testdata/configs"))) {
      return files.sorted().toList();
    }
  }

  private String row(Path file) {
    ModelShape shape =
        ModelConfigReader.parse(Json.read(file, Json.CONFIG_BYTES), null).withDType(DType.BF16);
    ModelShape.Experts experts = shape.experts();
    long base = MemoryEstimate.checkpointBytes(shape);
    return String.format(
        Locale.ROOT,
        "| %s | `%s` | %d of %d | %d%s, top %d | %.1f MiB | %s GB | %.1f KiB |\n",
        file.getFileName().toString().replace(".json", ""),
        type(file),
        shape.moeLayers(),
        shape.layers(),
        experts.routed(),
        experts.shared() > 0 ? " + " + experts.shared() : "",
        experts.topK(),
        MemoryEstimate.slotBytes(shape, Precision.STORED) / 1048576.0,
        base < 100e9 ? String.format(Locale.ROOT, "%.1f", base / 1e9) : Math.round(base / 1e9),
        MemoryEstimate.kvTokenBytes(shape) / 1024.0);
  }

  private static String type(Path file) {
    try {
      return Json.parse(Files.readAllBytes(file), file.toString()).get("model_type").asString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
