package dev.heddle.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.heddle.format.Violation;
import dev.heddle.registry.InvalidException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileNameTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "expert_cfg.json",
        "model.safetensors",
        "model-00001-of-00002.safetensors",
        "model.safetensors.index.json",
        "tokenizer.json",
        "config.json",
        "golden.json",
      })
  void names_of_an_esft_folder_are_taken(String name) {
    assertThatCode(() -> FileName.require(name)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "\"\", file-name-length",
        "../expert_cfg.json, file-name-parent file-name-nested",
        "/etc/passwd, file-name-absolute file-name-nested",
        "/../x, file-name-absolute file-name-parent file-name-nested",
        "C:\\x, file-name-absolute file-name-nested",
        "..\\x, file-name-parent file-name-nested",
        ".., file-name-parent",
        "a/b.safetensors, file-name-nested",
        "., file-name-unknown",
        ".safetensors, file-name-unknown",
        "model.bin, file-name-unknown",
        "model.safetensors.exe, file-name-unknown",
        "modeling_deepseek.py, file-name-unknown",
        "ünicode.safetensors, file-name-unknown",
        "EXPERT_CFG.JSON, file-name-unknown",
      })
  void any_other_is_refused_with_every_reason(String name, String codes) {
    assertThat(codes(name)).containsExactly(codes.split(" ", -1));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 10, 13, 27, 31, 127, 133})
  void control_characters_are_refused_and_not_repeated(int character) {
    String name = "expert" + (char) character + ".safetensors";
    assertThat(codes(name)).containsExactly("file-name-control");
    assertThat(refusal(name).getMessage()).doesNotContain(Character.toString(character));
  }

  @ParameterizedTest
  @ValueSource(ints = {201, 100_000})
  void long_names_are_refused_and_shortened(int length) {
    String name = "x".repeat(length - ".safetensors".length()) + ".safetensors";
    assertThat(codes(name)).containsExactly("file-name-length");
    assertThat(refusal(name).getMessage()).hasSizeLessThan(400);
  }

  private static List<String> codes(String name) {
    return refusal(name).violations().stream().map(Violation::code).toList();
  }

  private static InvalidException refusal(String name) {
    try {
      FileName.require(name);
    } catch (InvalidException e) {
      return e;
    }
    throw new AssertionError(name + " was taken");
  }
}
