package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.Shell.Ran;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the doctor says where something is wrong before anything runs. */
class DoctorTest {
  private static final String MODEL = "--heddle.model=" + PlatformFixture.DEMO.resolve("base");

  @TempDir Path folder;

  private Map<String, JsonNode> examine(int exit, String... settings) {
    List<String> words = new ArrayList<>(List.of("doctor", "--json"));
    words.addAll(List.of(settings));
    Ran ran = Shell.in(folder).local(words.toArray(String[]::new));
    assertThat(ran.exit()).as(ran.out() + ran.err()).isEqualTo(exit);
    JsonNode said = PlatformFixture.parse(ran.out());
    assertThat(said.path("ok").booleanValue()).isEqualTo(exit == 0);
    Map<String, JsonNode> checks = new HashMap<>();
    said.path("checks").forEach(check -> checks.put(check.path("check").asString(), check));
    return checks;
  }

  private static void assertSays(JsonNode check, String verdict, String... words) {
    assertThat(check.path("verdict").asString()).as(check.toString()).isEqualTo(verdict);
    assertThat(check.path("message").asString()).contains(words);
    assertThat(check.path("action").asString().isEmpty())
        .as("what to do is said where something is to be done")
        .isEqualTo(verdict.equals("ok") || verdict.equals("skip"));
  }

  @Test
  void before_the_first_start_nothing_is_wrong_and_nothing_is_made() {
    Path data = folder.resolve("a/b");

    Map<String, JsonNode> said = examine(0, MODEL, "--heddle.data=" + data);

    assertThat(said.keySet())
        .containsExactlyInAnyOrder(
            "settings", "java", "folder", "disk", "model", "database", "blobs");
    assertSays(said.get("folder"), "ok", data.toString(), "the first start makes it");
    assertSays(said.get("model"), "ok", "is whole");
    assertSays(said.get("database"), "ok", "the first start makes it");
    assertSays(said.get("blobs"), "skip", "no database yet");
    assertThat(data).doesNotExist();
  }

  @Test
  void every_fault_is_named_at_once() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Path model = Files.createDirectory(folder.resolve("model"));

    Map<String, JsonNode> said =
        examine(
            1,
            "--heddle.prot=1",
            "--heddle.data=" + file,
            "--heddle.model=" + model,
            "--heddle.database.url=jdbc:postgresql://127.0.0.1:1/none",
            "--heddle.database.connect-wait=1s");

    assertSays(said.get("settings"), "fail", "--heddle.prot", "did you mean");
    assertSays(said.get("folder"), "fail", "is a file");
    assertSays(said.get("model"), "fail", "config.json");
    assertSays(said.get("database"), "fail", "127.0.0.1:1", "refused");
    assertSays(said.get("blobs"), "skip", "database");
  }

  @Test
  void a_model_is_read_whole_where_that_is_asked() {
    Map<String, JsonNode> said =
        examine(0, MODEL, "--read-model", "--heddle.data=" + folder.resolve("data"));

    assertThat(said.get("model").path("message").asString())
        .matches(".* is sha256:[0-9a-f]{64}, every byte read");
  }
}
