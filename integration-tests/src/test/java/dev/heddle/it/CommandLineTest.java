package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.client.PlatformCommands;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that talk to a platform, as a user types them. */
class CommandLineTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Path INTENT = PlatformFixture.DEMO.resolve("adapters/intent");

  private record Ran(int exit, String out, String err) {}

  @TempDir Path folder;
  private Path keyFile;

  @BeforeEach
  void writeKey() throws IOException {
    keyFile = Files.writeString(folder.resolve("key"), PlatformFixture.KEY);
  }

  @Test
  void a_folder_is_pushed_published_and_rolled_back() {
    assertThat(done("push", INTENT.toString(), "--name", "pushed", "--publish"))
        .isEqualTo("pushed@1");
    assertThat(done("push", INTENT.resolveSibling("intent-v2").toString(), "--name", "pushed"))
        .isEqualTo("pushed@2");
    assertThat(meaning("pushed")).isEqualTo("pushed@1");
    done("publish", "pushed@2");
    assertThat(meaning("pushed")).isEqualTo("pushed@2");
    done("rollback", "pushed");
    assertThat(meaning("pushed")).isEqualTo("pushed@1");
    assertThat(done("ls", "pushed").lines().skip(1)).hasSize(2).allMatch(v -> v.contains("READY"));
  }

  @Test
  void an_upload_that_was_cut_short_is_resumed() throws IOException {
    String version = PLATFORM.begin("resumed");
    Path first = INTENT.resolve("expert_cfg.json");
    PlatformFixture.expect(200, PLATFORM.put(version + "/files/expert_cfg.json", first));
    assertThat(done("push", INTENT.toString(), "--name", "resumed", "--resume"))
        .isEqualTo("resumed@1");
  }

  @Test
  void everything_wrong_with_a_folder_is_told() throws IOException {
    Path broken = Files.createDirectory(folder.resolve("broken"));
    Files.writeString(broken.resolve("expert_cfg.json"), "{\"experts\": {\"1\": [0]}}");
    Ran ran = run("push", broken.toString(), "--name", "pushed-broken");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .contains(
            "pushed-broken@1 is rejected",
            "shared_experts",
            "non_expert_modules",
            "missing-weights");
  }

  @Test
  void a_key_is_made_used_and_revoked() throws IOException {
    String key =
        done("keys", "create", "--label", "ci", "--scopes", "adapters", "--expires", "P1D");
    Path file = Files.writeString(folder.resolve("ci"), key);
    assertThat(run("ls", "--key-file", file.toString()).exit()).isZero();
    String id = key.split("_", -1)[1];
    assertThat(done("keys", "ls")).contains(id).doesNotContain(key);
    done("keys", "revoke", id);
    Ran refused = run("ls", "--key-file", file.toString());
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("API key");
  }

  @Test
  void a_platform_that_is_not_there_is_said_to_be_away() {
    Ran ran = run("ls", "--server", "http://127.0.0.1:1");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("nothing answers").doesNotContain("Exception");
  }

  private String meaning(String adapter) {
    return done("ls")
        .lines()
        .map(line -> line.split(" +", -1))
        .filter(cells -> cells[0].equals(adapter))
        .map(cells -> cells[2])
        .findFirst()
        .orElseThrow();
  }

  private String done(String... words) {
    Ran ran = run(words);
    assertThat(ran.exit()).as(ran.err()).isZero();
    return ran.out().strip();
  }

  private Ran run(String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    if (!line.contains("--server")) {
      line.addAll(List.of("--server", PLATFORM.url()));
    }
    if (!line.contains("--key-file")) {
      line.addAll(List.of("--key-file", keyFile.toString()));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        PlatformCommands.run(
            line.toArray(String[]::new),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Ran(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
