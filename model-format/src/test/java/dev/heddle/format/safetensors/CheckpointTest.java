package dev.heddle.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import dev.heddle.format.testing.RawSafetensors;
import dev.heddle.format.testing.Refusals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  @TempDir Path parent;
  private Path dir;

  @BeforeEach
  void twoShards() throws IOException {
    dir = Files.createDirectory(parent.resolve("model"));
    shard("1.safetensors", "a", "BF16", "[2,3]", 12);
    shard("2.safetensors", "b", "F32", "[2]", 8);
    index("\"a\":\"1.safetensors\",\"b\":\"2.safetensors\"");
  }

  private void shard(String file, String name, String dtype, String shape, int bytes) {
    String header =
        "{\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[0,%d]}}"
            .formatted(name, dtype, shape, bytes);
    RawSafetensors.write(dir.resolve(file), header, bytes);
  }

  private void index(String map) throws IOException {
    Files.writeString(
        dir.resolve("model.safetensors.index.json"), "{\"weight_map\":{" + map + "}}");
  }

  private List<String> refusal() {
    return Refusals.codes(() -> Checkpoint.open(dir).close());
  }

  @Test
  void an_indexed_checkpoint_has_the_tensors_of_all_shards() {
    try (Checkpoint checkpoint = Checkpoint.open(dir)) {
      assertThat(checkpoint.names()).containsExactly("a", "b");
      assertThat(checkpoint.matrix("a", 2, 3).dtype()).isEqualTo(DType.BF16);
      assertThat(checkpoint.vector("b", 2).cols()).isEqualTo(2);
      assertThat(Refusals.codes(() -> checkpoint.matrix("a", 3, 2))).containsExactly("wrong-shape");
      assertThat(Refusals.codes(() -> checkpoint.vector("c", 1))).containsExactly("missing-tensor");
    }
  }

  @Test
  void files_without_an_index_are_all_read() throws IOException {
    Files.delete(dir.resolve("model.safetensors.index.json"));
    try (Checkpoint checkpoint = Checkpoint.open(dir)) {
      assertThat(checkpoint.names()).containsExactly("a", "b");
    }
    shard("3.safetensors", "a", "BF16", "[1]", 2);
    assertThat(refusal()).containsExactly("duplicate-tensor");
  }

  @Test
  void a_folder_without_weights_is_refused() throws IOException {
    Path empty = Files.createDirectory(parent.resolve("empty"));
    assertThat(Refusals.codes(() -> Checkpoint.open(empty))).containsExactly("missing-weights");
    assertThat(Refusals.codes(() -> Checkpoint.open(parent.resolve("none"))))
        .containsExactly("missing-folder");
  }

  @Test
  void a_type_that_weights_cannot_have_is_named() {
    shard("1.safetensors", "a", "F8_E4M3", "[2,3]", 6);
    try (Checkpoint checkpoint = Checkpoint.open(dir)) {
      assertThat(Refusals.of(() -> checkpoint.matrix("a", 2, 3)))
          .containsExactly("wrong-dtype at a: expected BF16, F16 or F32, found F8_E4M3");
    }
  }

  @Test
  void a_shard_that_is_missing_broken_or_unlisted_is_refused() throws IOException {
    index("\"a\":\"1.safetensors\",\"b\":\"3.safetensors\"");
    Files.writeString(dir.resolve("1.safetensors"), "short");
    assertThat(refusal())
        .containsExactlyInAnyOrder("truncated-file", "missing-shard", "unlisted-shard");
  }

  @Test
  void index_and_shards_must_list_the_same_tensors() throws IOException {
    index("\"a\":\"2.safetensors\",\"c\":\"1.safetensors\",\"b\":\"2.safetensors\"");
    assertThat(refusal())
        .containsExactlyInAnyOrder("unlisted-tensor", "missing-tensor", "missing-tensor");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"../model/1.safetensors\"",
        "\"/etc/passwd\"",
        "\"sub/1.safetensors\"",
        "\"..\"",
        "\"\"",
        "\"a\\\\b\"",
        "\"a\\u0000\"",
        "7"
      })
  void an_index_may_only_name_files_in_its_folder(String shard) throws IOException {
    index("\"a\":\"1.safetensors\",\"b\":\"2.safetensors\",\"c\":" + shard);
    assertThat(refusal()).containsExactly("bad-index");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{}", "{\"weight_map\": []}", "{\"weight_map\": null}"})
  void an_index_without_a_map_is_refused(String index) throws IOException {
    Files.writeString(dir.resolve("model.safetensors.index.json"), index);
    assertThat(refusal()).containsExactly("bad-index");
  }

  @Test
  void a_link_out_of_the_folder_is_refused() throws IOException {
    Path outside = parent.resolve("outside.safetensors");
    Files.move(dir.resolve("2.safetensors"), outside);
    Files.createSymbolicLink(dir.resolve("2.safetensors"), outside);
    assertThat(refusal()).containsExactlyInAnyOrder("escaping-link", "missing-shard");
  }

  @Test
  void a_link_within_the_folder_or_into_the_blobs_of_the_hub_cache_is_followed()
      throws IOException {
    Path blobs = Files.createDirectory(parent.resolve("blobs"));
    Path snapshots = Files.createDirectory(parent.resolve("snapshots"));
    Path revision = Files.move(dir, snapshots.resolve("0a1b"));
    Files.move(revision.resolve("2.safetensors"), blobs.resolve("77aa"));
    Files.createSymbolicLink(revision.resolve("2.safetensors"), Path.of("../../blobs/77aa"));
    Files.move(revision.resolve("1.safetensors"), revision.resolve("one"));
    Files.createSymbolicLink(revision.resolve("1.safetensors"), Path.of("one"));
    try (Checkpoint checkpoint = Checkpoint.open(revision)) {
      assertThat(checkpoint.names()).containsExactly("a", "b");
    }
  }
}
