package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.Shell.Ran;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that talk to a platform, as a user types them. */
class CommandLineTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Path INTENT = PlatformFixture.DEMO.resolve("adapters/intent");

  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void openShell() {
    shell = Shell.in(folder);
  }

  @Test
  void a_folder_is_pushed_published_and_rolled_back() {
    assertThat(shell.done("push", INTENT.toString(), "--name", "pushed", "--publish"))
        .isEqualTo("pushed@1");
    assertThat(
            shell.done("push", INTENT.resolveSibling("intent-v2").toString(), "--name", "pushed"))
        .isEqualTo("pushed@2");
    assertThat(meaning("pushed")).isEqualTo("pushed@1");
    shell.done("publish", "pushed@2");
    assertThat(meaning("pushed")).isEqualTo("pushed@2");
    shell.done("rollback", "pushed");
    assertThat(meaning("pushed")).isEqualTo("pushed@1");
    assertThat(shell.done("ls", "pushed").lines())
        .anyMatch(line -> line.matches("pushed@1 +READY +100% .*"))
        .anyMatch(line -> line.matches("pushed@2 +READY +- .*"));
  }

  @Test
  void whether_tuned_experts_fire_is_shown_by_layer() throws IOException {
    shell.done("push", INTENT.toString(), "--name", "fired", "--publish");
    PlatformFixture.expect(200, PLATFORM.post("/api/v1/adapters/fired/versions/1:load", ""));
    PlatformFixture.expect(
        200,
        PLATFORM.post(
            "/v1/completions", "{\"model\":\"fired\",\"prompt\":\"a b\",\"max_tokens\":2}"));
    Ran ran = shell.run("routing", "fired");
    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err()).contains("fired@1:", "went to tuned experts");
    assertThat(ran.out().lines().skip(1))
        .isNotEmpty()
        .allMatch(line -> line.matches("\\d+ +\\d+ +\\d+ .*"));
    assertThat(shell.done("routing", "fired@1")).contains("LAYER");
    assertThat(shell.run("routing", "fired@x").exit()).isEqualTo(2);
    assertThat(shell.run("routing", "fired@9").exit()).isEqualTo(1);
  }

  @Test
  void an_upload_that_was_cut_short_is_resumed() throws IOException {
    String version = PLATFORM.begin("resumed");
    Path first = INTENT.resolve("expert_cfg.json");
    PlatformFixture.expect(200, PLATFORM.put(version + "/files/expert_cfg.json", first));
    assertThat(shell.done("push", INTENT.toString(), "--name", "resumed", "--resume"))
        .isEqualTo("resumed@1");
  }

  @Test
  void what_is_unfinished_rejected_and_published_is_listed_and_unpublished_and_removed()
      throws IOException {
    shell.done("push", INTENT.toString(), "--name", "kept", "--publish");
    String rejected = PLATFORM.begin("kept");
    PlatformFixture.expect(
        200, PLATFORM.put(rejected + "/files/README.md", "x".getBytes(StandardCharsets.UTF_8)));
    PlatformFixture.expect(422, PLATFORM.post(rejected + ":complete", ""));
    PLATFORM.begin("kept");
    PLATFORM.begin("only-begun");

    assertThat(shell.done("ls").lines())
        .anyMatch(line -> line.matches("kept +adapter +kept@1 +ready:1,rejected:1,uploading:1 .*"))
        .anyMatch(line -> line.matches("only-begun +adapter +- +uploading:1 .*"));
    assertThat(shell.done("ls", "kept").lines())
        .anyMatch(line -> line.matches("kept@3 +UPLOADING .* 0 files in"))
        .anyMatch(line -> line.matches("kept@2 +REJECTED .* 2 violations: missing-file at .*"))
        .anyMatch(line -> line.matches("kept@1 +READY +100% .*"))
        .anyMatch(line -> line.matches("REVISION +MEANS .*"))
        .anyMatch(line -> line.matches("\\d+ +kept@1 .*"));

    Ran refused = shell.run("rm", "kept@1");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("kept");
    shell.done("unpublish", "kept");
    assertThat(meaning("kept")).isEqualTo("-");
    shell.done("rollback", "kept");
    assertThat(meaning("kept")).isEqualTo("kept@1");
    shell.done("unpublish", "kept");
    shell.done("rm", "kept@2");
    shell.done("rm", "kept");
    assertThat(shell.done("ls").lines()).noneMatch(line -> line.startsWith("kept "));
    assertThat(shell.run("rm", "never-there").err()).contains("never-there");
    assertThat(shell.run("unpublish", "never-there").exit()).isEqualTo(1);
  }

  @Test
  void the_platforms_state_is_shown_with_what_is_resident() {
    PlatformFixture.expect(200, PLATFORM.post("/api/v1/adapters/sql/versions/1:load", ""));
    assertThat(shell.done("status").lines())
        .anyMatch(line -> line.matches("slots +\\d+ of \\d+ free for adapters"))
        .anyMatch(line -> line.matches("disk +.* free of .*"))
        .anyMatch(line -> line.contains("/sql@1"));
  }

  @Test
  void tenants_are_added_changed_and_listed() {
    shell.done("tenants", "add", "shelled", "--limit", "requests_per_minute=60,stored_bytes=5");
    shell.done("tenants", "set", "shelled", "--weight", "3", "--limit", "requests_per_minute=none");
    assertThat(shell.done("tenants", "ls").lines())
        .anyMatch(line -> line.matches("shelled +3 +- +- +- +5 .*"));
    Ran full = shell.run("push", INTENT.toString(), "--name", "large", "--tenant", "shelled");
    assertThat(full.exit()).isEqualTo(1);
    assertThat(full.err()).contains("the files have 4.1 MB, and the tenant may store 5 bytes more");
    Ran wrong = shell.run("tenants", "set", "shelled", "--limit", "tokens_per_minute=many");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("'many' is no whole number, and not none");
    assertThat(shell.run("tenants", "set", "shelled").err()).contains("nothing to change");
    assertThat(shell.run("tenants", "set", "shelled", "--limit", "speed=1").err())
        .contains("speed");
  }

  @Test
  void usage_is_shown_as_a_table_and_as_csv() {
    assertThat(shell.done("usage", "--group", "month", "--by", "tenant").lines().findFirst())
        .hasValueSatisfying(line -> assertThat(line).matches("PERIOD +TENANT +MODEL .*"));
    assertThat(shell.done("usage", "--csv").lines().findFirst())
        .hasValueSatisfying(line -> assertThat(line).startsWith("period,tenant,"));
    Ran wrong = shell.run("usage", "--group", "year", "--from", "yesterday");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.err()).contains("hour, day, month", "2030-01-31T12:00:00Z");
  }

  @Test
  void every_command_has_help() {
    for (String command :
        List.of("push", "unpublish", "rm", "ls", "status", "tenants", "usage", "routing", "load")) {
      Ran help = shell.local("help", command);
      assertThat(help.exit()).isZero();
      assertThat(help.out()).startsWith("Usage: heddle " + command);
    }
  }

  @Test
  void a_key_is_made_used_and_revoked() throws IOException {
    String key =
        shell.done("keys", "create", "--label", "ci", "--scopes", "adapters", "--expires", "P1D");
    Path file = Files.writeString(folder.resolve("ci"), key);
    assertThat(shell.run("ls", "--key-file", file.toString()).exit()).isZero();
    String id = key.split("_", -1)[1];
    assertThat(shell.done("keys", "ls")).contains(id).doesNotContain(key);
    shell.done("keys", "revoke", id);
    Ran refused = shell.run("ls", "--key-file", file.toString());
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("API key");
  }

  @Test
  void a_platform_that_is_not_there_is_said_to_be_away() {
    Ran ran = shell.run("ls", "--server", "http://127.0.0.1:1");
    assertThat(ran.exit()).isEqualTo(1);
    assertThat(ran.err()).contains("nothing answers").doesNotContain("Exception");
  }

  private String meaning(String adapter) {
    return shell
        .done("ls")
        .lines()
        .map(line -> line.split(" +", -1))
        .filter(cells -> cells[0].equals(adapter))
        .map(cells -> cells[2])
        .findFirst()
        .orElseThrow();
  }
}
