package dev.heddle.registry.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions that were begun and never completed. */
class VersionExpiryTest {
  @TempDir Path folder;
  private TestRegistry registry;
  private VersionExpiry expiry;

  @BeforeEach
  void open() {
    registry = TestRegistry.in(folder);
    expiry = new VersionExpiry(registry.db);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  private Version begin(String name) {
    return registry.versions.create(TestRegistry.ACTOR, registry.tenant.id(), name, registry.base);
  }

  private VersionState state(Version version) {
    return registry.versions.get(version.id()).state();
  }

  @Test
  void one_that_got_nothing_for_long_is_archived_with_its_files() {
    Version left = begin("left");
    registry.put(left, "README.md", new byte[] {1, 2, 3});
    Version ready = registry.ready(registry.tenant, "kept", 1);
    Instant later = Instant.now().plusSeconds(60);

    assertThat(expiry.expire(later)).extracting(Version::label).containsExactly("left@1");

    assertThat(state(left)).isEqualTo(VersionState.ARCHIVED);
    assertThat(state(ready)).isEqualTo(VersionState.READY);
    assertThat(registry.uploadedBytes()).isNotEmpty();
    registry.uploads.sweep();
    assertThat(registry.uploadedBytes()).isEmpty();
    assertThat(expiry.expire(later)).as("again").isEmpty();
    assertThat(registry.storage.used(registry.tenant.id()).uploadBytes()).isZero();
  }

  @Test
  void one_that_is_young_or_goes_on_stays() {
    Version young = begin("young");
    Instant between = Instant.now();
    Version goesOn = begin("goes-on");
    registry.resumable.create(goesOn, "model.safetensors", 100, null, "");

    assertThat(expiry.expire(between)).extracting(Version::label).containsExactly("young@1");
    assertThat(expiry.expire(Instant.now().plusSeconds(60))).as("more of it is awaited").isEmpty();
    assertThat(state(goesOn)).isEqualTo(VersionState.UPLOADING);
    assertThat(state(young)).isEqualTo(VersionState.ARCHIVED);
  }

  @Test
  void a_file_that_came_lately_keeps_it() throws InterruptedException {
    Version version = begin("slow");
    Instant between = Instant.now();
    Thread.sleep(5);
    registry.put(version, "README.md", new byte[] {1});

    assertThat(expiry.expire(between)).isEmpty();
    assertThat(state(version)).isEqualTo(VersionState.UPLOADING);
  }
}
