package dev.heddle.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.registry.QuotaExceededException;
import dev.heddle.registry.RegistryException;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageTest {
  @TempDir private Path folder;
  private TestRegistry registry;

  @BeforeEach
  void open() {
    registry = TestRegistry.in(folder);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void a_tenant_is_charged_logical_bytes_whoever_has_the_same_experts() {
    Tenant other = registry.tenants.create(TestRegistry.ACTOR, "other");
    Version first = registry.ready(registry.tenant, "adapter", 1);
    Version copy = registry.ready(other, "copy", 1);
    registry.ready(other, "copy", 1);
    assertThat(used(registry.tenant)).isEqualTo(new Storage.Used(bytes(first), 0));
    assertThat(used(other)).isEqualTo(new Storage.Used(2 * bytes(copy), 0));
    registry.versions.archive(TestRegistry.ACTOR, other.id(), "copy", 1);
    assertThat(used(other)).isEqualTo(new Storage.Used(bytes(copy), 0));
  }

  @Test
  void a_rejected_or_archived_upload_gives_its_room_back() {
    Version rejected = begin("rejected");
    registry.put(rejected, "config.json", new byte[100]);
    Version archived = begin("archived");
    registry.put(archived, "config.json", new byte[50]);
    registry.resumable.create(archived, "a.safetensors", 1000, null, "");
    assertThat(used(registry.tenant)).isEqualTo(new Storage.Used(0, 1150));
    registry.ingest.complete(TestRegistry.ACTOR, rejected);
    assertThat(used(registry.tenant).total()).isEqualTo(1050);
    registry.adapters.archive(TestRegistry.ACTOR, registry.tenant.id(), "archived", null);
    assertThat(used(registry.tenant).total()).isZero();
    registry.uploads.sweep();
    assertThat(registry.uploadedBytes()).isEmpty();
  }

  @Test
  void what_would_pass_the_limit_is_refused_before_a_byte_is_kept() {
    limit(1000);
    Version version = begin("adapter");
    registry.put(version, "config.json", new byte[400]);
    assertRefused(() -> registry.uploads.open(version, "a.safetensors", 601));
    assertRefused(() -> registry.resumable.create(version, "a.safetensors", 601, null, ""));
    try (FileSink unknown = registry.uploads.open(version, "a.safetensors", -1)) {
      unknown.write(ByteBuffer.allocate(600));
      assertRefused(() -> unknown.write(ByteBuffer.allocate(1)));
    }
    assertThat(used(registry.tenant).total()).isEqualTo(400);
    registry.put(version, "a.safetensors", new byte[600]);
    assertThat(used(registry.tenant).total()).isEqualTo(1000);
  }

  @Test
  void a_version_becomes_ready_only_within_the_limit_of_that_moment() {
    Version version = registry.upload(registry.tenant, "adapter", registry.adapterFolder(1));
    limit(10);
    assertRefused(() -> registry.ingest.complete(TestRegistry.ACTOR, version));
    Version open = registry.versions.get(registry.tenant.id(), "adapter", 1);
    assertThat(open.state()).isEqualTo(VersionState.UPLOADING);
    limit(1 << 30);
    assertThat(registry.ingest.complete(TestRegistry.ACTOR, open).state())
        .isEqualTo(VersionState.READY);
  }

  /** Many uploads at once, of all kinds and ends, never pass the limit, and the count is right. */
  @Test
  void uploads_that_race_do_not_pass_the_limit() throws Exception {
    long limit = 10_000;
    limit(limit);
    long seed = 42;
    int threads = 8;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> running = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        Random random = new Random(seed + t);
        Version version = begin("adapter-" + t);
        running.add(
            executor.submit(() -> {
              for (int i = 0; i < 25; i++) {
                change(random, version);
                assertThat(used(registry.tenant).total()).as("seed %d", seed).isBetween(0L, limit);
              }
            }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    assertThat(used(registry.tenant).uploadBytes()).isEqualTo(uploadRows());
    registry = registry.restart();
    assertThat(used(registry.tenant).uploadBytes()).isEqualTo(uploadRows());
  }

  private void change(Random random, Version version) {
    int size = random.nextInt(3000);
    String path = "f" + random.nextInt(3) + ".safetensors";
    try {
      switch (random.nextInt(4)) {
        case 0 -> registry.put(version, path, new byte[size]);
        case 1 -> {
          try (FileSink sink = registry.uploads.open(version, path, -1)) {
            sink.write(ByteBuffer.allocate(size));
            sink.write(ByteBuffer.allocate(size));
            if (random.nextBoolean()) {
              sink.commit(null);
            }
          }
        }
        case 2 -> {
          Upload upload = registry.resumable.create(version, path, size, null, "");
          if (random.nextInt(5) > 0 && !upload.isWhole()) {
            registry.resumable.terminate(version, upload.id());
          }
        }
        default -> {
          Upload upload = registry.resumable.create(version, path, size + 1, null, "");
          try (UploadPart part = registry.resumable.append(version, upload.id(), 0)) {
            part.write(ByteBuffer.allocate(size + 1));
            part.finish();
          }
        }
      }
    } catch (QuotaExceededException e) {
      assertThat(e.limit()).isEqualTo("stored_bytes");
    }
  }

  private long uploadRows() {
    return registry.db.read(jdbc ->
        jdbc.sql("select coalesce(sum(bytes), 0)::bigint from upload").query(Long.class).single());
  }

  private void limit(long bytes) {
    registry.db.write(jdbc ->
        jdbc.sql("update tenant set stored_bytes = :bytes where id = :id")
            .param("bytes", bytes)
            .param("id", registry.tenant.id())
            .update());
  }

  private Version begin(String name) {
    return registry.versions.create(TestRegistry.ACTOR, registry.tenant.id(), name, registry.base);
  }

  private Storage.Used used(Tenant tenant) {
    return registry.storage.used(tenant.id());
  }

  private static long bytes(Version version) {
    Long bytes = version.bytes();
    assertThat(bytes).isNotNull();
    return bytes;
  }

  private static void assertRefused(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            RegistryException.class, e -> assertThat(e.code()).isEqualTo("storage-quota-exceeded"));
  }
}
