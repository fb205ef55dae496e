package dev.heddle.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumableUploadsTest {
  private static final String PATH = "a.safetensors";
  private static final byte[] BYTES = bytes(1000);

  @TempDir private Path folder;
  private TestRegistry registry;
  private Version version;

  @BeforeEach
  void open() {
    registry = TestRegistry.in(folder);
    version =
        registry.versions.create(
            TestRegistry.ACTOR, registry.tenant.id(), "adapter", registry.base);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void a_file_comes_in_parts_over_breaks_and_restarts() {
    for (long seed = 1; seed <= 5; seed++) {
      Random random = new Random(seed);
      Upload upload = create(BYTES.length, sha256(BYTES));
      while (!upload.isWhole()) {
        int size = random.nextInt(Math.toIntExact(upload.length() - upload.offset()) + 1);
        boolean finish = random.nextBoolean();
        send(upload, size, finish);
        if (random.nextInt(4) == 0) {
          registry = registry.restart();
        }
        Upload now = registry.resumable.get(version, upload.id());
        assertThat(now.offset()).as("seed %d", seed).isEqualTo(upload.offset() + size);
        upload = now;
        if (upload.offset() == upload.length() && !finish) {
          assertThat(upload.isWhole()).as("whole when asked, seed %d", seed).isTrue();
        }
      }
      assertThat(only().sha256()).as("seed %d", seed).isEqualTo(sha256(BYTES));
      assertThat(registry.uploadedBytes())
          .singleElement()
          .satisfies(file -> assertThat(file).hasBinaryContent(BYTES));
      assertThat(registry.storage.used(registry.tenant.id()).uploadBytes()).isEqualTo(1000);
    }
  }

  @Test
  void bytes_that_were_not_acknowledged_do_not_count_after_a_crash() {
    Upload upload = create(BYTES.length, sha256(BYTES));
    send(upload, 300, true);
    UploadPart cut = registry.resumable.append(version, upload.id(), 300);
    cut.write(ByteBuffer.wrap(bytes(500))); // other bytes, and then no word more
    registry = registry.restart();
    assertThat(registry.resumable.get(version, upload.id()).offset()).isEqualTo(300);
    send(registry.resumable.get(version, upload.id()), 700, true);
    assertThat(only().sha256()).isEqualTo(sha256(BYTES));
  }

  @Test
  void a_part_kept_only_whole_leaves_nothing_when_it_breaks_off() {
    Upload upload = create(BYTES.length, sha256(BYTES));
    send(upload, 300, true);
    try (UploadPart part = registry.resumable.append(version, upload.id(), 300)) {
      part.keepOnlyWhole();
      part.write(ByteBuffer.wrap(bytes(500)));
    }
    try (UploadPart part = registry.resumable.append(version, upload.id(), 300)) {
      part.write(ByteBuffer.wrap(bytes(500)));
      part.abort();
    }
    send(registry.resumable.get(version, upload.id()), 700, true);
    assertThat(only().sha256()).isEqualTo(sha256(BYTES));
  }

  @Test
  void an_upload_has_one_writer_and_one_offset() {
    Upload upload = create(BYTES.length, null);
    try (UploadPart part = registry.resumable.append(version, upload.id(), 0)) {
      assertRefused("upload-busy", () -> registry.resumable.append(version, upload.id(), 0));
      part.write(ByteBuffer.wrap(BYTES, 0, 10));
    }
    assertRefused("upload-offset", () -> registry.resumable.append(version, upload.id(), 0));
    assertRefused("upload-offset", () -> registry.resumable.append(version, upload.id(), 11));
    send(registry.resumable.get(version, upload.id()), 990, true);
    assertRefused("upload-whole", () -> registry.resumable.append(version, upload.id(), 1000));
    assertRefused("upload-whole", () -> registry.resumable.terminate(version, upload.id()));
  }

  @Test
  void an_empty_file_is_whole_at_once() {
    assertThat(create(0, null).isWhole()).isTrue();
    assertThat(only().bytes()).isZero();
  }

  @Test
  void a_file_that_is_not_what_was_announced_is_given_up() {
    Upload upload = create(BYTES.length, sha256(bytes(3)));
    assertThatThrownBy(() -> send(upload, 1000, true))
        .isInstanceOfSatisfying(
            InvalidException.class,
            e -> assertThat(e.violations()).extracting("code").containsExactly("file-digest"));
    assertGone(upload);
    assertThat(registry.uploads.files(version.id())).isEmpty();
  }

  @Test
  void more_than_announced_is_refused_and_the_rest_stays() {
    Upload upload = create(100, null);
    try (UploadPart part = registry.resumable.append(version, upload.id(), 0)) {
      part.write(ByteBuffer.allocate(60));
      assertThatThrownBy(() -> part.write(ByteBuffer.allocate(41)))
          .isInstanceOf(InvalidException.class);
    }
    assertThat(registry.resumable.get(version, upload.id()).offset()).isEqualTo(60);
  }

  @Test
  void what_was_terminated_is_gone_with_its_room_even_under_its_writer() {
    Upload upload = create(BYTES.length, null);
    try (UploadPart part = registry.resumable.append(version, upload.id(), 0)) {
      part.write(ByteBuffer.wrap(BYTES));
      registry.resumable.terminate(version, upload.id());
      assertThatThrownBy(part::finish).isInstanceOf(NotFoundException.class);
    }
    assertGone(upload);
  }

  @Test
  void what_expired_is_gone_and_gives_its_room_back() {
    ResumableUploads impatient = new ResumableUploads(registry.uploads, Duration.ofMillis(-1));
    Upload expired = impatient.create(version, PATH, 1000, null, "");
    Upload kept = create(500, null);
    send(kept, 20, true);
    assertThatThrownBy(() -> registry.resumable.get(version, expired.id()))
        .isInstanceOf(NotFoundException.class);
    assertThat(registry.resumable.expire()).isEqualTo(1);
    assertThat(registry.storage.used(registry.tenant.id()).uploadBytes()).isEqualTo(500);
    assertThat(registry.resumable.get(version, kept.id()).offset()).isEqualTo(20);
  }

  @Test
  void an_upload_ends_with_its_version() {
    Upload upload = create(BYTES.length, null);
    send(upload, 10, true);
    registry.ingest.complete(TestRegistry.ACTOR, version);
    assertGone(upload);
  }

  @Test
  void an_upload_waits_while_its_version_is_validated() {
    Upload upload = create(BYTES.length, null);
    UploadPart part = registry.resumable.append(version, upload.id(), 0);
    part.write(ByteBuffer.wrap(BYTES));
    Version closed = registry.states.beginValidation(TestRegistry.ACTOR, version);
    assertThatThrownBy(part::finish).isInstanceOf(ConflictException.class);
    assertThat(registry.resumable.get(closed, upload.id()).isWhole()).isFalse();
    Version again = registry.states.reopen(closed);
    assertThat(registry.resumable.get(again, upload.id()).isWhole()).isTrue();
    assertThat(only().sha256()).isEqualTo(sha256(BYTES));
  }

  private Upload create(long length, Digest sha256) {
    return registry.resumable.create(version, PATH, length, sha256, "");
  }

  private void send(Upload upload, int size, boolean finish) {
    int from = Math.toIntExact(upload.offset());
    try (UploadPart part = registry.resumable.append(version, upload.id(), from)) {
      part.write(ByteBuffer.wrap(BYTES, from, size));
      if (finish) {
        part.finish();
      }
    }
  }

  private UploadedFile only() {
    assertThat(registry.uploads.files(version.id())).hasSize(1);
    return registry.uploads.files(version.id()).getFirst();
  }

  private void assertGone(Upload upload) {
    assertThatThrownBy(() -> registry.resumable.get(version, upload.id()))
        .isInstanceOf(NotFoundException.class);
    assertThat(registry.uploadedBytes()).isEmpty();
    assertThat(registry.storage.used(registry.tenant.id()).uploadBytes()).isZero();
  }

  private static void assertRefused(String code, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(RegistryException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private static Digest sha256(byte[] bytes) {
    return Digest.of(Digests.sha256().digest(bytes));
  }
}
