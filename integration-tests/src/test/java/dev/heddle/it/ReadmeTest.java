package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.model.ModelConfigReader;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.testing.LoraWriter;
import dev.heddle.it.Shell.Ran;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command of the README is run as it stands there, with real folders for its placeholders.
 * What starts or packs a platform is run by {@code StartTest} and {@code ReleaseTest}.
 */
class ReadmeTest {
  private static final Path REPO = Path.of(System.getProperty("heddle.repo"));
  private static final Path ADAPTERS = PlatformFixture.DEMO.resolve("adapters");
  private static final Set<String> ELSEWHERE = Set.of("demo", "serve", "package", "--backend");

  private static final Set<String> LOCAL =
      Set.of(
          "logits",
          "generate",
          "inspect",
          "fold",
          "render",
          "score",
          "accuracy",
          "plan",
          "bench",
          "bench-mixing",
          "bench-forms",
          "bench-loading");

  @TempDir Path folder;

  @Test
  void every_command_of_the_readme_does_what_it_is_to_do() throws Exception {
    // It stays: platforms of one JVM share event loops, which the first to close takes along.
    PlatformFixture platform =
        PlatformFixture.start(List.of("intent", "tools"), "--heddle.memory=1600MB");
    prepare();
    curl(platform);
    List<String> faults = new ArrayList<>();
    List<String> commands = commands();
    Shell shell = Shell.in(folder);
    String key = "";
    for (String command : commands) {
      if (command.startsWith("routing")) {
        HttpResponse<String> load =
            platform.post("/api/v1/adapters/intent/versions/3:load", ""); // routing is of residents
        assertThat(load.statusCode()).as(load.body()).isEqualTo(200);
      }
      Ran ran = run(shell, words(command.replace("ID", key)), platform);
      if (ran.exit() != 0) {
        faults.add(command + ": " + ran.exit() + " " + ran.err());
      }
      if (command.startsWith("keys create")) {
        key = ran.err().replaceFirst("(?s).*key (\\w+): keep it.*", "$1");
      }
    }
    assertThat(faults).isEmpty();
    assertThat(commands).hasSizeGreaterThan(20);
    assertThat(platform.get("/api/v1/adapters/my-adapter/versions/2").body()).contains("READY");
  }

  private static Ran run(Shell shell, List<String> words, PlatformFixture platform) {
    if (words.getFirst().startsWith("bench")) {
      words.add("--help"); // its options are checked; what it measures takes minutes
    }
    if (!LOCAL.contains(words.getFirst())) {
      words.addAll(List.of("--server", platform.url()));
      return shell.run(words.toArray(String[]::new));
    }
    return shell.local(words.toArray(String[]::new));
  }

  private void prepare() throws IOException {
    Path adapter = Files.createDirectory(folder.resolve("my-adapter"));
    for (String file : List.of("expert_cfg.json", "model.safetensors")) {
      Files.copy(ADAPTERS.resolve("sql").resolve(file), adapter.resolve(file));
    }
    ModelShape base = ModelConfigReader.read(PlatformFixture.DEMO.resolve("base"));
    String module = "base_model.model.model.layers.1.mlp.experts.0.up_proj.";
    LoraWriter.write(
        folder.resolve("my-lora"),
        "\"lora_alpha\": 1",
        Map.of(
            module + "lora_A.weight", new float[1][base.hidden()],
            module + "lora_B.weight", new float[base.experts().intermediate()][1]));
    Files.writeString(
        folder.resolve("samples.jsonl"), "{\"text\": \"turn on the lights in the kitchen\"}\n");
    Files.writeString(
        folder.resolve("questions.jsonl"),
        "{\"prompt\": \"the 3rd of March 2024\", \"expected\": \"2024-03-03\"}\n");
    Files.writeString(
        folder.resolve("template.jinja"), "{% for m in messages %}{{ m['content'] }}{% endfor %}");
    Files.writeString(
        folder.resolve("input.json"),
        "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}");
  }

  /** The blocks of curl, in a shell: calls of the demo, and an upload file by file. */
  private void curl(PlatformFixture platform) throws IOException, InterruptedException {
    StringBuilder script =
        new StringBuilder("set -euo pipefail\ncurl() { command curl -fsS \"$@\"; }\n");
    Stream.of(readme().collect(Collectors.joining("\n")).split("\n\n", -1))
        .filter(block -> block.startsWith("    ") && block.contains("curl "))
        .forEach(block -> script.append(block).append('\n'));
    String text =
        script
            .toString()
            .replace("http://127.0.0.1:8080", platform.url())
            .replace("@demo/", "@" + PlatformFixture.DEMO + "/")
            .replace("$(cat ~/.heddle/admin.key)", PlatformFixture.KEY);
    ProcessBuilder bash = new ProcessBuilder("bash", "-c", text).directory(folder.toFile());
    bash.environment()
        .putAll(Map.of("KEY", PlatformFixture.KEY, "API", platform.url() + "/api/v1"));
    Path out = folder.resolve("curl.out");
    Process process = bash.redirectErrorStream(true).redirectOutput(out.toFile()).start();
    assertThat(process.waitFor()).as(text + Files.readString(out)).isZero();
    assertThat(Files.readString(out))
        .contains("data: [DONE]")
        .contains("READY")
        .contains("{\\\"intent\\\": \\\"lights\\\"")
        .contains("\"name\":\"weather\"");
  }

  /**
   * What stands after {@code ./heddle}, without comments and the brackets of what may be left out.
   */
  private static List<String> commands() throws IOException {
    return readme()
        .filter(line -> line.startsWith("    ") && line.contains("./heddle "))
        .map(line -> line.replaceFirst(" #.*", ""))
        .flatMap(line -> Stream.of(line.split("; ", -1)))
        .map(line -> line.substring(line.indexOf("./heddle ") + 9))
        .map(line -> line.replaceAll("\\[.*?]", "").strip())
        .filter(line -> !ELSEWHERE.contains(line.split(" ", -1)[0]))
        .toList();
  }

  private List<String> words(String command) {
    List<String> words = new ArrayList<>();
    boolean quoted = false;
    for (String word : command.split(" +", -1)) {
      if (quoted) {
        words.add(words.removeLast() + " " + word.replace("\"", ""));
      } else {
        words.add(real(word.replace("\"", ""), words));
      }
      quoted ^= word.chars().filter(c -> c == '"').count() % 2 == 1;
    }
    return words;
  }

  /** What stands for a placeholder after these words. */
  private String real(String word, List<String> before) {
    String last = before.isEmpty() ? "" : before.getLast();
    return switch (word) {
      case "/models/DeepSeek-V2-Lite" -> PlatformFixture.DEMO.resolve("base").toString();
      case "DIR" ->
          last.equals("--model") || last.equals("--base")
              ? PlatformFixture.DEMO.resolve("base").toString()
              : ADAPTERS.resolve("intent").toString();
      case "FILE" ->
          folder.resolve(last.equals("--input") ? "input.json" : "template.jinja").toString();
      case "samples.jsonl", "questions.jsonl", "expert_cfg.json", "my-lora", "folded" ->
          folder.resolve(word).toString();
      case "my-adapter" ->
          last.equals("--name") || last.equals("rollback") ? word : folder.resolve(word).toString();
      default -> word;
    };
  }

  private static Stream<String> readme() throws IOException {
    return Files.readString(REPO.resolve("README.md"), StandardCharsets.UTF_8).lines();
  }
}
