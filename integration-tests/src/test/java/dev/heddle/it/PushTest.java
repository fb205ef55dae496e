package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.Shell.Ran;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Folders on their way to a platform, as people have them and as lines are. */
class PushTest {
  private static final PlatformFixture PLATFORM = PlatformFixture.get();
  private static final Path DATES = PlatformFixture.DEMO.resolve("adapters/dates");
  private static final Path BASE = PlatformFixture.DEMO.resolve("base");

  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void openShell() {
    shell = Shell.in(folder);
  }

  /** {@code output_dir/last_checkpoint} of ESFT's train.py, with what its checkpoints have too. */
  private Path trained() throws IOException {
    Path trained = Files.createDirectory(folder.resolve("last_checkpoint"));
    Files.copy(DATES.resolve("model.safetensors"), trained.resolve("model.safetensors"));
    for (String copy :
        List.of(
            "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")) {
      Files.copy(BASE.resolve(copy), trained.resolve(copy));
    }
    for (String left :
        List.of(
            "training_args.bin",
            "trainer_state.json",
            "optimizer.pt",
            "scheduler.pt",
            "rng_state_0.pth",
            ".gitattributes",
            "configuration_deepseek.py")) {
      Files.writeString(trained.resolve(left), "left behind");
    }
    Files.writeString(trained.resolve("README.md"), "# Dates");
    Files.createDirectory(trained.resolve("runs"));
    return trained;
  }

  @Test
  void what_a_training_leaves_behind_is_skipped_and_the_adapter_is_served() throws IOException {
    Path trained = trained();
    Ran absent = shell.run("push", trained.toString(), "--name", "trained");
    assertThat(absent.exit()).isEqualTo(2);
    assertThat(absent.err())
        .contains("missing-file at expert_cfg.json", "copy the file that was the training's")
        .doesNotContain("training_args.bin:");

    Files.copy(DATES.resolve("expert_cfg.json"), trained.resolve("expert_cfg.json"));
    Ran pushed = shell.run("push", trained.toString(), "--name", "trained", "--publish");

    assertThat(pushed.exit()).as(pushed.err()).isZero();
    assertThat(pushed.out().strip()).isEqualTo("trained@1");
    String skipped =
        "skipped: .gitattributes, configuration_deepseek.py, optimizer.pt, rng_state_0.pth, runs/,"
            + " scheduler.pt, trainer_state.json, training_args.bin";
    assertThat(pushed.err().lines())
        .contains(skipped, "model.safetensors: 3.3 MB sent", "README.md: 7 bytes sent");
    assertThat(pushed.err()).doesNotContain("\r");
    Ran inspected = shell.local("inspect", trained.toString(), "--base", BASE.toString());
    assertThat(inspected.err().lines()).contains(skipped);
    JsonNode answer =
        PlatformFixture.expect(
            200,
            PLATFORM.post(
                "/v1/chat/completions",
                PlatformFixture.chat("trained", "the 3rd of March 2024").toString()));
    assertThat(answer.path("choices").path(0).path("message").path("content").stringValue())
        .isEqualTo("2024-03-03");
    String version = PLATFORM.begin("trained");
    JsonNode refused =
        PlatformFixture.expect(
            400, PLATFORM.put(version + "/files/optimizer.pt", trained.resolve("optimizer.pt")));
    assertThat(refused.path("violations").path(0).path("code").stringValue())
        .isEqualTo("file-name-unknown");
  }

  @Test
  void a_push_that_was_cut_amid_a_file_sends_the_rest_of_it() throws IOException {
    long bytes = Files.size(DATES.resolve("model.safetensors"));
    Set<Path> before = uploaded();
    try (Wire cut = Wire.cutAfter(bytes / 2, () -> largest(before) > bytes / 4)) {
      Ran broken =
          shell.run("push", DATES.toString(), "--name", "cut", "--publish", "--server", cut.url());
      assertThat(broken.exit()).isEqualTo(1);
      assertThat(broken.err()).contains("broke off", "--resume").doesNotContain("\tat ");
    }
    assertThat(shell.done("ls", "cut")).contains("UPLOADING", "1 file in, model.safetensors has ");

    try (Wire whole = Wire.whole()) {
      Ran resumed =
          shell.run("push", DATES.toString(), "--name", "cut", "--resume", "--server", whole.url());
      assertThat(resumed.exit()).as(resumed.err()).isZero();
      assertThat(resumed.out().strip()).isEqualTo("cut@1");
      assertThat(whole.sent()).isLessThan(bytes - bytes / 8);
      assertThat(resumed.err())
          .contains("expert_cfg.json: there already", "of 3.3 MB sent, the rest was there already");
    }
    JsonNode dates = PlatformFixture.expect(200, PLATFORM.get("/api/v1/adapters/dates/versions/1"));
    assertThat(
            PlatformFixture.expect(200, PLATFORM.get("/api/v1/adapters/cut/versions/1"))
                .path("digest"))
        .isEqualTo(dates.path("digest"));
  }

  @Test
  void a_file_that_changed_since_it_was_cut_is_sent_anew() throws IOException {
    String version = PLATFORM.begin("changed");
    PlatformFixture.send(
        PLATFORM
            .request(version + "/uploads")
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Length", "5")
            .header("Upload-Metadata", "filename bW9kZWwuc2FmZXRlbnNvcnM=")
            .POST(java.net.http.HttpRequest.BodyPublishers.noBody())
            .build());
    assertThat(shell.done("push", DATES.toString(), "--name", "changed", "--resume"))
        .isEqualTo("changed@1");
    assertThat(PlatformFixture.expect(200, PLATFORM.get(version + "/uploads")).path("items"))
        .isEmpty();
  }

  @Test
  void an_adapter_of_another_base_is_refused_before_anything_is_begun() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other"));
    Files.copy(DATES.resolve("model.safetensors"), other.resolve("model.safetensors"));
    Files.writeString(
        other.resolve("expert_cfg.json"),
        "{\"experts\":{\"1\":[3],\"26\":[63]},\"shared_experts\":false,"
            + "\"non_expert_modules\":false}");
    Ran ran = shell.run("push", other.toString(), "--name", "pushed-other");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err().lines().toList().getFirst())
        .isEqualTo(
            "error: this adapter is for at least 27 layers of 64 experts, the base has 6 of 32");
    assertThat(ran.err()).contains("layer-out-of-range", "unlisted-expert");
    PlatformFixture.expect(404, PLATFORM.get("/api/v1/adapters/pushed-other"));
  }

  @Test
  void everything_wrong_with_a_folder_is_told_before_anything_is_begun() throws IOException {
    Path broken = Files.createDirectory(folder.resolve("broken"));
    Files.writeString(broken.resolve("expert_cfg.json"), "{\"experts\": {\"1\": [0]}}");
    Files.write(broken.resolve("model.safetensors"), new byte[0]);
    Files.writeString(broken.resolve("more weights.safetensors"), "", StandardCharsets.UTF_8);
    Ran ran = shell.run("push", broken.toString(), "--name", "pushed-broken");
    assertThat(ran.exit()).isEqualTo(2);
    assertThat(ran.err())
        .contains(
            "expert_cfg.json.shared_experts",
            "expert_cfg.json.non_expert_modules",
            "empty-file at model.safetensors: the file is empty",
            "file-name-unknown at more weights.safetensors");
    PlatformFixture.expect(404, PLATFORM.get("/api/v1/adapters/pushed-broken"));
  }

  /** Bytes of the largest file that came since. */
  private static long largest(Set<Path> before) {
    return uploaded().stream()
        .filter(file -> !before.contains(file))
        .mapToLong(file -> file.toFile().length())
        .max()
        .orElse(0);
  }

  private static Set<Path> uploaded() {
    try (Stream<Path> files = Files.list(PLATFORM.data().resolve("uploads/files"))) {
      return files.collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
