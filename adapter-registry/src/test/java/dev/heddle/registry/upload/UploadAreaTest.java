package dev.heddle.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Digest;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadAreaTest {
  private static final UploadLimits LIMITS = new UploadLimits(1000, 100, 2500, 4);

  @TempDir private Path folder;
  private TestRegistry registry;
  private Version version;

  @BeforeEach
  void open() {
    registry = TestRegistry.in(folder, LIMITS);
    version = begin("adapter");
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void a_file_comes_in_pieces_of_any_size_and_any_kind_of_buffer() {
    Random random = new Random(7);
    byte[] bytes = new byte[1000];
    random.nextBytes(bytes);
    try (FileSink sink = registry.uploads.open(version, "a.safetensors", -1)) {
      for (int at = 0; at < bytes.length; ) {
        int size = Math.min(1 + random.nextInt(200), bytes.length - at);
        ByteBuffer piece =
            random.nextBoolean() ? ByteBuffer.allocate(size) : ByteBuffer.allocateDirect(size);
        ByteBuffer ready = piece.put(bytes, at, size).flip();
        sink.write(random.nextBoolean() ? ready : ready.asReadOnlyBuffer());
        at += size;
      }
      UploadedFile file = sink.commit(null);
      assertThat(file.sha256()).isEqualTo(sha256(bytes));
      assertThat(file.bytes()).isEqualTo(1000);
    }
    assertThat(registry.uploads.files(version.id()))
        .extracting(UploadedFile::path, UploadedFile::sha256)
        .containsExactly(org.assertj.core.api.Assertions.tuple("a.safetensors", sha256(bytes)));
  }

  @Test
  void a_file_is_replaced_whole_and_its_bytes_once_kept_are_gone() throws Exception {
    registry.put(version, "config.json", text("first"));
    FileSink sink = registry.uploads.open(version, "config.json", 6);
    sink.write(ByteBuffer.wrap(text("seco")));
    assertThat(only().sha256()).isEqualTo(sha256(text("first")));
    sink.write(ByteBuffer.wrap(text("nd")));
    sink.commit(sha256(text("second")));
    assertThat(only().sha256()).isEqualTo(sha256(text("second")));
    assertThat(registry.uploadedBytes()).hasSize(1);
    assertThat(registry.uploads.folder(version.id()).resolve("config.json")).hasContent("second");
  }

  @Test
  void an_aborted_file_leaves_nothing() {
    FileSink sink = registry.uploads.open(version, "a.safetensors", -1);
    sink.write(ByteBuffer.allocate(900));
    sink.abort();
    sink.abort();
    assertThat(registry.uploads.files(version.id())).isEmpty();
    assertThat(registry.uploadedBytes()).isEmpty();
    assertThatThrownBy(() -> sink.write(ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> sink.commit(null)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_file_that_is_not_what_was_announced_leaves_nothing() {
    assertInvalid("file-length", () -> send("a.safetensors", 10, 9, null));
    assertInvalid("file-length", () -> send("a.safetensors", 10, 11, null));
    assertInvalid("file-digest", () -> send("a.safetensors", 10, 10, sha256(text("other"))));
    assertThat(registry.uploads.files(version.id())).isEmpty();
    assertThat(registry.uploadedBytes()).isEmpty();
  }

  @Test
  void limits_hold_before_bytes_are_kept_and_are_given_back() {
    assertInvalid("file-too-large", () -> send("a.safetensors", 1001, 0, null));
    assertInvalid("file-too-large", () -> send("a.safetensors", -1, 1001, null));
    assertInvalid("file-too-large", () -> send("tokenizer.json", 101, 0, null));
    for (int i = 0; i < 10; i++) {
      send("a.safetensors", 1000, 1000, null); // in place of itself
    }
    send("b.safetensors", -1, 1000, null);
    assertInvalid("version-too-large", () -> send("c.safetensors", 501, 0, null));
    assertInvalid("version-too-large", () -> send("c.safetensors", -1, 501, null));
    send("c.safetensors", -1, 500, null);
    assertThat(registry.uploadedBytes()).hasSize(3);
  }

  @Test
  void files_on_their_way_count() {
    try (FileSink first = registry.uploads.open(version, "a.safetensors", 1000);
        FileSink second = registry.uploads.open(version, "b.safetensors", -1)) {
      second.write(ByteBuffer.allocate(1000));
      assertInvalid("version-too-large", () -> send("c.safetensors", 501, 0, null));
      first.abort();
      send("c.safetensors", 1000, 1000, null);
      send("d.safetensors", 100, 100, null);
      send("config.json", 10, 10, null);
      assertInvalid("too-many-files", () -> send("e.safetensors", 1, 1, null));
    }
  }

  @Test
  void a_file_that_ends_after_the_upload_was_closed_is_refused_and_leaves_nothing() {
    FileSink late = registry.uploads.open(version, "a.safetensors", 5);
    late.write(ByteBuffer.wrap(text("bytes")));
    Version closed = registry.states.beginValidation(TestRegistry.ACTOR, version);
    assertThatThrownBy(() -> late.commit(null)).isInstanceOf(ConflictException.class);
    assertThatThrownBy(() -> registry.uploads.open(closed, "a.safetensors", 5))
        .isInstanceOf(ConflictException.class);
    assertThat(registry.uploadedBytes()).isEmpty();
  }

  @Test
  void a_new_start_keeps_whole_files_of_open_uploads_and_clears_the_rest() {
    registry.put(version, "config.json", text("kept"));
    registry.put(begin("given-up"), "config.json", text("gone"));
    registry.versions.archive(TestRegistry.ACTOR, registry.tenant.id(), "given-up", 1);
    FileSink cut = registry.uploads.open(version, "a.safetensors", -1);
    cut.write(ByteBuffer.allocate(10));
    assertThat(registry.uploadedBytes()).hasSize(3);
    registry = registry.restart();
    assertThat(registry.uploadedBytes())
        .singleElement()
        .satisfies(p -> assertThat(p).hasContent("kept"));
    assertThat(registry.uploads.files(version.id())).hasSize(1);
  }

  @Test
  void a_second_process_does_not_get_the_folder() {
    assertThatThrownBy(() ->
            new UploadArea(
                registry.db, folder.resolve("uploads"), LIMITS, registry.replicas.self()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("in use");
  }

  private Version begin(String name) {
    return registry.versions.create(TestRegistry.ACTOR, registry.tenant.id(), name, registry.base);
  }

  private void send(String name, int declared, int sent, Digest expected) {
    try (FileSink sink = registry.uploads.open(version, name, declared)) {
      sink.write(ByteBuffer.allocate(sent));
      sink.commit(expected);
    }
  }

  private UploadedFile only() {
    assertThat(registry.uploads.files(version.id())).hasSize(1);
    return registry.uploads.files(version.id()).getFirst();
  }

  private static void assertInvalid(String code, Runnable upload) {
    assertThatThrownBy(upload::run)
        .isInstanceOfSatisfying(
            InvalidException.class,
            e -> assertThat(e.violations()).extracting("code").containsExactly(code));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Digest sha256(byte[] bytes) {
    return Digest.of(dev.heddle.format.Digests.sha256().digest(bytes));
  }
}
