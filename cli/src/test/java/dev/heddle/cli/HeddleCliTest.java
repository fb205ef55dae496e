package dev.heddle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeddleCliTest {
  private static final Path LITE = Cli.oracle("lite-yarn");

  @Test
  void logits_are_the_same_text_however_the_prompt_is_cut() {
    Path model = LITE.resolve("model");
    Cli whole = Cli.run("logits", "--model", model, "--tokens", "5,6,7,8,9");
    Cli cut = Cli.run("logits", "--model", model, "--tokens", "5,6,7,8,9", "--chunk", "2");
    assertThat(whole.json().get("logits").size()).isEqualTo(5);
    assertThat(whole.json().get("logits").get(0).size()).isEqualTo(320);
    assertThat(cut.out()).isEqualTo(whole.out());
  }

  @Test
  void an_adapter_changes_the_logits() {
    Path model = LITE.resolve("model");
    Cli base = Cli.run("logits", "--model", model, "--tokens", "5,6,7");
    Cli adapted =
        Cli.run(
            "logits",
            "--model",
            model,
            "--adapter",
            LITE.resolve("adapters/a"),
            "--tokens",
            "5,6,7");
    assertThat(adapted.json()).isNotEqualTo(base.json());
  }

  @Test
  void tokens_without_a_tokenizer_give_no_text() {
    Cli cli =
        Cli.run(
            "generate", "--model", LITE.resolve("model"), "--tokens", "5,6", "--max-tokens", "7");
    assertThat(cli.json().get("text").isNull()).isTrue();
    assertThat(cli.json().get("tokens").size()).isLessThanOrEqualTo(7);
  }

  @Test
  void a_text_is_continued_up_to_its_end() {
    Cli cli =
        Cli.run(
            "generate",
            "--model",
            Cli.demo().resolve("base"),
            "--prompt",
            "reverse the words: cat Paris lamp",
            "--max-tokens",
            "20");
    assertThat(cli.json().get("text").asString().strip()).isEqualTo("lamp Paris cat");
    assertThat(cli.json().get("tokens").get(4).asInt()).isEqualTo(1);
  }

  @Test
  void eos_can_be_ignored() {
    Cli cli =
        Cli.run(
            "generate",
            "--model",
            Cli.demo().resolve("base"),
            "--prompt",
            "reverse the words: cat Paris lamp",
            "--max-tokens",
            "20",
            "--ignore-eos");
    assertThat(cli.json().get("tokens").size()).isEqualTo(20);
  }

  @Test
  void every_bad_token_is_named() {
    Cli cli = Cli.run("logits", "--model", LITE.resolve("model"), "--tokens", "1,-6,x,999");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err())
        .containsExactly(
            "error: --tokens: id -6 (number 2) is not in the vocabulary, 0 to 319",
            "error: --tokens: 'x' (number 3) is not a token id",
            "error: --tokens: id 999 (number 4) is not in the vocabulary, 0 to 319");
  }

  @Test
  void tokens_beyond_the_context_are_refused() {
    String tokens = IntStream.range(0, 257).mapToObj(i -> "1").collect(Collectors.joining(","));
    Cli cli = Cli.run("logits", "--model", LITE.resolve("model"), "--tokens", tokens);
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err())
        .containsExactly("error: 257 tokens do not fit the model's context of 256");
  }

  @Test
  void an_empty_list_of_tokens_is_refused() {
    Cli cli = Cli.run("logits", "--model", LITE.resolve("model"), "--tokens", "");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).singleElement().asString().contains("the list is empty");
  }

  @Test
  void an_adapter_is_no_model() {
    Cli cli = Cli.run("logits", "--model", LITE.resolve("adapters/a"), "--tokens", "1");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err().getFirst()).contains("this is an adapter's folder");
  }

  @Test
  void missing_folders_are_all_named(@TempDir Path temp) {
    Cli cli =
        Cli.run(
            "generate",
            "--model",
            temp.resolve("m"),
            "--adapter",
            temp.resolve("a"),
            "--tokens",
            "1",
            "--max-tokens",
            "1");
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).hasSize(2).allMatch(line -> line.endsWith("is not a folder"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "logits", "generate --model x", "--wrong"})
  void a_wrong_command_line_is_explained_on_stderr(String line) {
    Cli cli = Cli.run((Object[]) line.split(" ", -1));
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err().getFirst()).startsWith("error: ");
    assertThat(cli.err()).noneMatch(text -> text.startsWith("\tat "));
  }

  @Test
  void a_model_is_described() {
    Cli cli = Cli.run("inspect", LITE.resolve("model"));
    assertThat(cli.json().get("kind").asString()).isEqualTo("model");
    assertThat(cli.json().get("shape").get("vocabulary").asInt()).isEqualTo(320);
    assertThat(cli.json().get("digest").asString()).startsWith("sha256:");
    assertThat(cli.json().get("violations").size()).isZero();
  }

  @Test
  void an_adapter_is_described_with_the_experts_that_differ_from_its_base() {
    Path adapter = LITE.resolve("adapters/c");
    Cli cli = Cli.run("inspect", adapter, "--base", LITE.resolve("model"));
    Cli alone = Cli.run("inspect", adapter);
    assertThat(cli.json().get("kind").asString()).isEqualTo("adapter");
    assertThat(cli.json().get("experts").size()).isEqualTo(cli.json().get("slots").asInt());
    assertThat(cli.json().get("slots").asInt())
        .as("the first expert of c is equal to the base's")
        .isEqualTo(alone.json().get("slots").asInt() - 1);
  }

  @Test
  void every_violation_is_printed_twice_in_json_and_as_a_line(@TempDir Path temp) throws Exception {
    Files.writeString(temp.resolve("config.json"), "{\"model_type\": \"bert\"}");
    Cli cli = Cli.run("inspect", temp);
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.out()).contains("\"violations\":[{");
    assertThat(cli.err()).filteredOn(line -> line.startsWith("error: ")).hasSizeGreaterThan(1);
  }

  @Test
  void a_summary_says_what_an_adapter_needs_and_whether_it_fits(@TempDir Path temp)
      throws Exception {
    Path adapter = LITE.resolve("adapters/c");
    Path config = Files.copy(adapter.resolve("expert_cfg.json"), temp.resolve("expert_cfg.json"));
    Files.writeString(temp.resolve("training_args.bin"), "");
    Cli whole = Cli.run("inspect", adapter, "--base", LITE.resolve("model"));
    assertThat(whole.err())
        .anyMatch(line -> line.startsWith("adapter: tunes "))
        .anyMatch(line -> line.startsWith("needs: " + whole.json().get("slots").asInt()))
        .anyMatch(line -> line.startsWith("fits this machine: "));
    Cli alone = Cli.run("inspect", temp, "--base", LITE.resolve("model"));
    assertThat(alone.exitCode()).isEqualTo(2);
    assertThat(alone.err())
        .contains("skipped: training_args.bin", "cannot be served: 1 violation")
        .filteredOn(line -> line.startsWith("error: "))
        .singleElement()
        .asString()
        .contains("missing-weights");
    Path shapes = Files.createDirectory(temp.resolve("shapes"));
    Files.copy(LITE.resolve("model/config.json"), shapes.resolve("config.json"));
    Cli plan = Cli.run("inspect", config, "--base", shapes);
    assertThat(plan.json().get("bytes").asLong()).isPositive();
    assertThat(alone.out()).contains("\"bytes\":" + plan.json().get("bytes").asLong());
  }

  @Test
  void a_base_model_alone_has_its_bytes_told_with_and_without_its_weights(@TempDir Path temp)
      throws Exception {
    Files.copy(LITE.resolve("model/config.json"), temp.resolve("config.json"));
    Cli whole = Cli.run("inspect", LITE.resolve("model"));
    assertThat(whole.err()).anyMatch(line -> line.startsWith("fits this machine: "));
    assertThat(Cli.run("inspect", temp).out())
        .contains("\"bytes\":" + whole.json().get("bytes").asLong());
  }

  @Test
  void a_file_that_is_cut_short_is_one_line(@TempDir Path temp) throws Exception {
    Path adapter = LITE.resolve("adapters/a");
    for (String name : new String[] {"expert_cfg.json", "model.safetensors"}) {
      byte[] bytes = Files.readAllBytes(adapter.resolve(name));
      int kept = name.endsWith("json") ? bytes.length : bytes.length / 2;
      Files.write(temp.resolve(name), Arrays.copyOf(bytes, kept));
    }
    Cli cli = Cli.run("inspect", temp, "--base", LITE.resolve("model"));
    assertThat(cli.err())
        .filteredOn(line -> line.startsWith("error: "))
        .singleElement()
        .asString()
        .contains("model.safetensors", "cut short");
  }

  @Test
  void bytes_are_written_as_people_read_them() {
    assertThat(List.of(0L, 1L, 999L, 1000L, 4_104_648L, 31_400_000_000L, 999_999L))
        .extracting(ByteText::of)
        .containsExactly("0 bytes", "1 byte", "999 bytes", "1.0 kB", "4.1 MB", "31 GB", "1.0 MB");
  }

  @Test
  void a_message_goes_through_the_chat_template_to_the_adapter() {
    Cli cli =
        Cli.run(
            "generate",
            "--model",
            Cli.demo().resolve("base"),
            "--adapter",
            Cli.demo().resolve("adapters/dates"),
            "--chat",
            "the 3rd of March 2024",
            "--max-tokens",
            "20");
    assertThat(cli.json().get("text").asString().strip()).isEqualTo("2024-03-03");
  }

  @Test
  void a_template_is_rendered(@TempDir Path temp) throws Exception {
    Path template =
        Files.writeString(temp.resolve("t"), "{{ bos_token }}{{ messages[0].content }}");
    Path input =
        Files.writeString(
            temp.resolve("i"),
            "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}], \"bos_token\": \"<s>\"}");
    Cli cli = Cli.run("render", "--template", template, "--input", input);
    assertThat(cli.out().strip()).isEqualTo("{\"text\":\"<s>hi\"}");
  }

  @Test
  void what_a_template_refuses_is_an_error(@TempDir Path temp) throws Exception {
    Path template = Files.writeString(temp.resolve("t"), "{{ raise_exception('no system role') }}");
    Path input = Files.writeString(temp.resolve("i"), "{\"messages\": []}");
    Cli cli = Cli.run("render", "--template", template, "--input", input);
    assertThat(cli.exitCode()).isEqualTo(2);
    assertThat(cli.err()).singleElement().asString().contains("no system role");
  }

  @Test
  void a_tokenizer_configuration_is_rendered_with_the_tokens_it_names(@TempDir Path temp)
      throws Exception {
    Path config =
        Files.writeString(
            temp.resolve("tokenizer_config.json"),
            "{\"bos_token\": \"<s>\", \"chat_template\": \"{{ bos_token }}{{ messages[0].content }}\"}");
    Path input =
        Files.writeString(
            temp.resolve("i"), "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}");
    Cli cli = Cli.run("render", "--template", config, "--input", input);
    assertThat(cli.out().strip()).isEqualTo("{\"text\":\"<s>hi\"}");
    Files.writeString(config, "{}");
    assertThat(Cli.run("render", "--template", config, "--input", input).err())
        .singleElement()
        .asString()
        .contains("it has no chat_template");
  }

  @Test
  void a_folder_of_hugging_faces_cache_is_a_model(@TempDir Path temp) throws Exception {
    Path cached = temp.resolve("models--org--loom");
    Path snapshot = Files.createDirectories(cached.resolve("snapshots/abc"));
    Path blobs = Files.createDirectories(cached.resolve("blobs"));
    try (Stream<Path> files = Files.list(LITE.resolve("model"))) {
      for (Path file : files.toList()) {
        Path blob = Files.copy(file, blobs.resolve("b" + file.getFileName()));
        Files.createSymbolicLink(
            snapshot.resolve(file.getFileName()),
            Path.of("../..", "blobs", blob.getFileName().toString()));
      }
    }
    assertThat(Cli.run("inspect", cached).json().get("violations").size()).isZero();
    Files.createDirectories(cached.resolve("snapshots/def"));
    assertThat(Cli.run("inspect", cached).err()).singleElement().asString().contains("2 snapshots");
    Files.writeString(Files.createDirectories(cached.resolve("refs")).resolve("main"), "abc");
    assertThat(Cli.run("inspect", cached).json().get("violations").size()).isZero();
  }

  @Test
  void help_that_was_asked_for_is_on_stdout() {
    for (Object[] words :
        new Object[][] {{"--help"}, {"help"}, {"render", "--help"}, {"help", "render"}}) {
      Cli cli = Cli.run(words);
      assertThat(cli.exitCode()).isZero();
      assertThat(cli.out()).startsWith("Usage: heddle");
      assertThat(cli.err()).isEmpty();
    }
    for (String word : new String[] {"version", "--version", "-V"}) {
      assertThat(Cli.run(word).out()).matches("heddle \\d+\\..*\\R");
    }
    assertThat(Cli.run("render", "--version").out()).startsWith("heddle ");
  }

  @Test
  void a_mistyped_word_brings_the_nearest() {
    Cli command = Cli.run("gnerate");
    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err().getFirst()).contains("no command 'gnerate'; did you mean generate?");
    assertThat(Cli.run("srve").err().getFirst()).contains("did you mean serve?");
    assertThat(Cli.run("render", "--tmplate=x", "--input=y", "--template=z").err().getFirst())
        .contains("no option --tmplate; did you mean --template?");
  }
}
