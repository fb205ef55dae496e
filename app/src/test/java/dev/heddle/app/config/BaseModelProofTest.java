package dev.heddle.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.format.Digest;
import dev.heddle.format.model.ModelFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a start believes of the base model's digest, and how it is proven. */
class BaseModelProofTest {
  private static final Path DEMO = Path.of(System.getProperty("heddle.repo"), "demo/base");
  private static final long FAST = Long.MAX_VALUE;

  @TempDir private Path data;
  @TempDir private Path model;
  private Path weights;

  @BeforeEach
  void copyTheDemoModel() throws IOException {
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(DEMO.resolve(name), model.resolve(name));
    }
    weights = model.resolve("model.safetensors");
  }

  @Test
  void a_second_start_takes_the_digest_on_trust_and_then_finds_out_that_a_byte_has_changed()
      throws Exception {
    Digest right = digest(FAST);
    FileTime time = Files.getLastModifiedTime(weights);
    flipAByte();
    Files.setLastModifiedTime(weights, time);

    try (ModelFolder folder = ModelFolder.open(model);
        BaseModelProof proof = BaseModelProof.settle(data, folder, FAST)) {
      assertThat(folder.digest()).as("no byte was read").isEqualTo(right);
      assertThat(proof.damagedFiles()).isEmpty();
      proof.start();
      await().until(() -> !proof.damagedFiles().isEmpty());
      assertThat(proof.damagedFiles()).containsExactly(weights.toString());
    }
    assertThatThrownBy(() -> digest(FAST)).hasMessageContaining("is damaged");

    flipAByte();
    Files.setLastModifiedTime(weights, time);
    assertThat(digest(FAST)).isEqualTo(right);
  }

  @Test
  void who_keeps_something_of_the_model_hears_of_damage_and_of_changes() throws Exception {
    digest(FAST);
    FileTime time = Files.getLastModifiedTime(weights);
    flipAByte();
    Files.setLastModifiedTime(weights, time);
    AtomicInteger told = new AtomicInteger();
    try (ModelFolder folder = ModelFolder.open(model);
        BaseModelProof proof = BaseModelProof.settle(data, folder, FAST)) {
      proof.onDamage(told::incrementAndGet);
      assertThat(proof.isUnchanged()).isTrue();
      proof.start();
      proof.join();
      assertThat(told).hasValue(1);
      assertThat(proof.isUnchanged()).as("damaged").isFalse();
    }
    Files.deleteIfExists(BaseModelRecord.path(data, model));
    try (ModelFolder folder = ModelFolder.open(model);
        BaseModelProof proof = BaseModelProof.settle(data, folder, FAST)) {
      Files.setLastModifiedTime(weights, FileTime.from(time.toInstant().plusSeconds(1)));
      assertThat(proof.isUnchanged()).as("written to since").isFalse();
    }
  }

  @Test
  void a_sound_model_is_proven_in_silence() throws Exception {
    digest(FAST);
    try (ModelFolder folder = ModelFolder.open(model)) {
      BaseModelProof proof = BaseModelProof.settle(data, folder, FAST);
      proof.start();
      proof.join();
      assertThat(proof.damagedFiles()).isEmpty();
      proof.close();
    }
  }

  @Test
  void a_file_of_another_time_or_inode_is_read_again() throws IOException {
    digest(FAST);
    FileTime time = Files.getLastModifiedTime(weights);
    Path other = Files.copy(weights, model.resolve("other"));
    flipAByte();
    FileTime later = FileTime.from(time.toInstant().plusNanos(1000));
    Files.setLastModifiedTime(weights, later);
    digest(FAST); // another model, which has replaced the first

    Files.setLastModifiedTime(other, later);
    Files.move(other, weights, StandardCopyOption.ATOMIC_MOVE);
    assertThatThrownBy(() -> digest(FAST)).hasMessageContaining("is damaged");
  }

  @Test
  void without_a_check_in_the_background_every_start_reads_every_byte() throws IOException {
    digest(0);
    FileTime time = Files.getLastModifiedTime(weights);
    flipAByte();
    Files.setLastModifiedTime(weights, time);
    assertThatThrownBy(() -> digest(0)).hasMessageContaining("is damaged");
  }

  @Test
  void a_damaged_cache_is_ignored_and_written_anew() throws IOException {
    Digest right = digest(FAST);
    Path cache = cache();
    byte[] whole = Files.readAllBytes(cache);
    String text = new String(whole, StandardCharsets.UTF_8);
    String otherDigest = text.replaceFirst("\n[0-9a-f]{8}", "\n00000000");
    for (String damaged :
        List.of("", "\n", "nonsense", text.substring(0, text.length() / 2), otherDigest)) {
      Files.writeString(cache, damaged);
      assertThat(digest(FAST)).isEqualTo(right);
      assertThat(cache).hasBinaryContent(whole);
    }
    Files.write(cache, new byte[] {(byte) 0xFF, 0, 1, 2});
    assertThat(digest(FAST)).isEqualTo(right);
    assertThat(cache).hasBinaryContent(whole);
  }

  /** The digest that a start would use. */
  private Digest digest(long bytesPerSecond) throws IOException {
    try (ModelFolder folder = ModelFolder.open(model);
        BaseModelProof _ = BaseModelProof.settle(data, folder, bytesPerSecond)) {
      return folder.digest();
    }
  }

  private Path cache() throws IOException {
    try (Stream<Path> files = Files.list(data.resolve("base-models"))) {
      return files.filter(file -> file.toString().endsWith(".digests")).findFirst().orElseThrow();
    }
  }

  /** In place; twice is not at all. */
  private void flipAByte() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(weights.toFile(), "rw")) {
      long at = file.length() - 1000;
      file.seek(at);
      int value = file.read();
      file.seek(at);
      file.write(value ^ 0x40);
    }
  }
}
