package dev.heddle.format.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digests;
import dev.heddle.format.Json;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.testing.Refusals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The adapters that the repository ships open against their bases. */
class ShippedAdaptersTest {
  private static final Path REPO = Path.of(System.getProperty("heddle.repo"));
  private static final Path ORACLE = REPO.resolve("testdata/oracle");

  static List<Path> folders() throws IOException {
    List<Path> folders = new ArrayList<>();
    try (Stream<Path> cases = Files.list(ORACLE)) {
      cases.filter(Files::isDirectory).forEach(folders::add);
    }
    folders.add(REPO.resolve("demo"));
    return folders;
  }

  private static ModelFolder base(Path folder) {
    boolean oracle = folder.startsWith(ORACLE);
    return ModelFolder.open(folder.resolve(oracle ? "model" : "base"));
  }

  @ParameterizedTest
  @MethodSource("folders")
  void every_shipped_adapter_opens(Path folder) throws IOException {
    try (ModelFolder base = base(folder);
        Stream<Path> adapters = Files.list(folder.resolve("adapters"))) {
      for (Path path : adapters.toList()) {
        try (AdapterFolder adapter = AdapterFolder.open(path, base)) {
          AdapterManifest manifest = adapter.manifest();
          assertThat(manifest.experts()).as(path.toString()).isNotEmpty();
          TunedExpert last = manifest.experts().getLast();
          assertThat(Digests.expert(adapter.weights(last))).isEqualTo(last.digest());
        }
        assertThat(AdapterInspection.of(path, null).violations()).as(path.toString()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void an_oracles_adapter_c_lists_one_expert_that_is_the_bases(Path folder) {
    if (folder.startsWith(ORACLE)) {
      try (ModelFolder base = base(folder);
          AdapterFolder c = AdapterFolder.open(folder.resolve("adapters/c"), base)) {
        assertThat(c.manifest().experts()).hasSize(c.config().count() - 1);
      }
    }
  }

  @Test
  void a_copied_tokenizer_must_mean_the_same_as_the_bases(@TempDir Path dir) throws IOException {
    Path demo = REPO.resolve("demo");
    for (String file : List.of("expert_cfg.json", "model.safetensors")) {
      Files.copy(demo.resolve("adapters/redact").resolve(file), dir.resolve(file));
    }
    JsonNode tokenizer = Json.read(demo.resolve("base/tokenizer.json"), Json.TOKENIZER_BYTES);
    Path copy = Files.writeString(dir.resolve("tokenizer.json"), tokenizer.toPrettyString());
    try (ModelFolder base = base(demo)) {
      AdapterFolder.open(dir, base).close();
      ObjectNode vocabulary = (ObjectNode) tokenizer.at("/model/vocab");
      vocabulary.put(vocabulary.propertyNames().iterator().next(), 1535);
      Files.writeString(copy, tokenizer.toString());
      assertThat(Refusals.codes(() -> AdapterFolder.open(dir, base)))
          .containsExactly("different-tokenizer");
      Files.writeString(copy, "{\"model\": {}, \"model\": {}}");
      assertThat(Refusals.codes(() -> AdapterFolder.open(dir, base))).hasSize(1);
    }
  }

  @Test
  void the_two_versions_of_intent_share_the_experts_of_three_layers() {
    Path demo = REPO.resolve("demo");
    try (ModelFolder base = base(demo);
        AdapterFolder one = AdapterFolder.open(demo.resolve("adapters/intent"), base);
        AdapterFolder two = AdapterFolder.open(demo.resolve("adapters/intent-v2"), base)) {
      List<TunedExpert> shared = new ArrayList<>(one.manifest().experts());
      shared.retainAll(two.manifest().experts());
      assertThat(shared).hasSize(8 + 7 + 8).allMatch(expert -> expert.layer() <= 3);
      assertThat(one.manifest().digest()).isNotEqualTo(two.manifest().digest());
    }
  }
}
