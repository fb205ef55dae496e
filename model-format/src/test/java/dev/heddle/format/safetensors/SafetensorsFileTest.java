package dev.heddle.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.FormatException;
import dev.heddle.format.testing.RawSafetensors;
import dev.heddle.format.testing.Refusals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsFileTest {
  private static final String A = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

  @TempDir Path dir;

  private List<String> refusal(String header, int data) {
    Path file = RawSafetensors.write(dir.resolve("x.safetensors"), header, data);
    return Refusals.codes(() -> SafetensorsFile.open(file).close());
  }

  private List<String> refusal(byte[] bytes) throws IOException {
    Path file = Files.write(dir.resolve("x.safetensors"), bytes);
    return Refusals.codes(() -> SafetensorsFile.open(file).close());
  }

  private static String tensor(String name, String dtype, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, dtype, shape, offsets);
  }

  @Test
  void a_file_gives_its_tensors_where_they_lie() {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},%s,%s,%s}   "
            .formatted(
                tensor("b", "BF16", "[3,1]", "[4,10]"),
                tensor("scalar", "F32", "[]", "[0,4]"),
                tensor("none", "F32", "[0,7]", "[10,10]"));
    Path file = RawSafetensors.write(dir.resolve("x.safetensors"), header, 10);
    try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
      assertThat(tensors.tensors().keySet()).containsExactlyInAnyOrder("scalar", "b", "none");
      assertThat(tensors.tensors().get("b"))
          .isEqualTo(
              new TensorInfo("b", ElementType.BF16, List.of(3L, 1L), 8 + header.length() + 4, 6));
      assertThat(tensors.data("b").byteSize()).isEqualTo(6);
      assertThat(tensors.data("none").byteSize()).isZero();
    }
  }

  @Test
  void a_length_that_lies_is_refused() throws IOException {
    assertThat(refusal(new byte[0])).containsExactly("empty-file");
    assertThat(refusal(new byte[7])).containsExactly("truncated-file");
    assertThat(refusal(RawSafetensors.bytes(0, "{}", 0))).containsExactly("bad-header");
    assertThat(refusal(RawSafetensors.bytes(-1, "{}", 0))).containsExactly("bad-header");
    assertThat(refusal(RawSafetensors.bytes(Long.MAX_VALUE, "{}", 0)))
        .containsExactly("bad-header");
    assertThat(refusal(RawSafetensors.bytes(100_000_001, "{}", 0))).containsExactly("bad-header");
    assertThat(refusal(RawSafetensors.bytes(3, "{}", 0))).containsExactly("truncated-file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "12", "\"a\"", " {}"})
  void a_header_that_is_not_an_object_is_refused(String header) {
    assertThat(refusal(header, 0)).containsExactly("bad-header");
  }

  @Test
  void a_header_that_is_not_json_is_refused() {
    assertThat(refusal("{\"a\":", 0)).containsExactly("bad-json");
    assertThat(refusal("{" + A + "," + A + "}", 8)).containsExactly("duplicate-key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{\"a\":1}", "null"})
  void metadata_other_than_strings_is_refused(String metadata) {
    assertThat(refusal("{\"__metadata__\":" + metadata + "}", 0)).containsExactly("bad-metadata");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "F33  | [2]   | [0,8]  | bad-dtype",
        "f32  | [2]   | [0,8]  | bad-dtype",
        "F32  | 2     | [0,8]  | bad-shape",
        "F32  | [-2]  | [0,8]  | bad-shape",
        "F32  | [2.0] | [0,8]  | bad-shape",
        "F32  | [99999999999999999999] | [0,8] | bad-shape",
        "F32  | [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2] | [0,8] | bad-shape",
        "F32  | [4611686018427387904,4] | [0,8] | bad-offsets",
        "F32  | [3]   | [0,8]  | bad-offsets",
        "F4   | [3]   | [0,1]  | bad-offsets",
        "F32  | [2]   | [8,0]  | bad-offsets",
        "F32  | [2]   | [0]    | bad-offsets",
        "F32  | [2]   | [0,8,8]| bad-offsets",
        "F32  | [2]   | [-8,0] | bad-offsets",
        "F32  | [2]   | {}     | bad-offsets",
        "F32  | [4]   | [0,16] | truncated-file",
        "F32  | [2]   | [1,9]  | truncated-file",
        "F32  | [1]   | [0,4]  | gap-in-data",
        "F32  | [1]   | [4,8]  | gap-in-data"
      })
  void a_tensor_that_does_not_fit_is_refused(
      String dtype, String shape, String offsets, String code) {
    assertThat(refusal("{" + tensor("a", dtype, shape, offsets) + "}", 8)).containsExactly(code);
  }

  @Test
  void a_tensor_without_all_of_its_fields_is_refused() {
    assertThat(refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[]},\"b\":3}", 8))
        .containsExactly("bad-header", "bad-header");
  }

  @Test
  void data_that_overlaps_or_leaves_a_gap_is_refused() {
    String second = tensor("b", "F32", "[2]", "[4,12]");
    assertThat(refusal("{" + A + "," + second + "}", 12)).containsExactly("overlapping-data");
    String later = tensor("b", "F32", "[1]", "[12,16]");
    assertThat(refusal("{" + A + "," + later + "}", 16)).containsExactly("gap-in-data");
  }

  @Test
  void everything_wrong_is_named_at_once() {
    String header =
        "{%s,%s,\"__metadata__\":1}"
            .formatted(tensor("a", "X", "[]", "[0,4]"), tensor("b", "F32", "[9]", "[0,4]"));
    assertThat(refusal(header, 4)).containsExactly("bad-dtype", "bad-offsets", "bad-metadata");
  }

  @Test
  void a_file_cut_short_or_mutated_anywhere_is_refused_or_whole() throws IOException {
    String header = "{" + A + "," + tensor("b", "BF16", "[2,2]", "[8,16]") + "}";
    byte[] sound = RawSafetensors.bytes(header.length(), header, 16);
    Path file = dir.resolve("x.safetensors");
    for (int length = 0; length < sound.length; length++) {
      assertThat(refusal(Arrays.copyOf(sound, length))).as("length %d", length).isNotEmpty();
    }
    for (long seed = 0; seed < 1000; seed++) {
      Random random = new Random(seed);
      byte[] mutated = sound.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        mutated[random.nextInt(8 + header.length())] =
            random.nextBoolean()
                ? (byte) random.nextInt(256)
                : (byte) "0123456789,:[]{}\"aF".charAt(random.nextInt(19));
      }
      Files.write(file, mutated);
      try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
        long bytes = tensors.tensors().values().stream().mapToLong(TensorInfo::bytes).sum();
        assertThat(bytes).as("seed %d", seed).isEqualTo(16);
      } catch (FormatException e) {
        assertThat(e.violations()).as("seed %d", seed).isNotEmpty();
      }
    }
  }
}
