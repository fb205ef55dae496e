package dev.heddle.registry.download;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.safetensors.Checkpoint;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.adapter.StoredVersion;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.testing.TestRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterDownloadTest {
  @TempDir private Path folder;
  private TestRegistry registry;
  private AdapterDownloads downloads;

  @BeforeEach
  void open() {
    registry = TestRegistry.in(folder);
    downloads = new AdapterDownloads(registry.db, registry.store, registry.model);
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void what_is_downloaded_is_what_was_uploaded_and_uploads_to_the_same_digest() throws IOException {
    for (int seed = 1; seed <= 12; seed++) {
      Path original = registry.adapterFolder(seed);
      Files.writeString(original.resolve("README.md"), "An adapter of seed " + seed);
      Files.writeString(original.resolve("merges.txt"), "");
      Version version =
          registry.ingest.complete(
              TestRegistry.ACTOR, registry.upload(registry.tenant, "adapter", original));
      Path copy = folder.resolve("copy-" + seed);
      try (AdapterDownload download = open(version)) {
        unpack(tar(download), "adapter-" + version.number() + "/", copy);
        for (String path : download.paths()) {
          ByteArrayOutputStream one = new ByteArrayOutputStream();
          download.write(path, one);
          assertThat(one.toByteArray())
              .hasSize(Math.toIntExact(download.bytes(path)))
              .isEqualTo(Files.readAllBytes(copy.resolve(path)));
        }
      }
      assertSameFolder(original, copy);
      Version again =
          registry.ingest.complete(
              TestRegistry.ACTOR, registry.upload(registry.tenant, "again", copy));
      assertThat(again.digest()).as("seed %d", seed).isEqualTo(version.digest());
    }
  }

  private static void assertSameFolder(Path original, Path copy) throws IOException {
    for (Path file : TestRegistry.filesOf(original)) {
      if (!file.toString().endsWith(".safetensors")) {
        assertThat(copy.resolve(file.getFileName())).hasSameBinaryContentAs(file);
      }
    }
    assertThat(TestRegistry.filesOf(copy)).hasSameSizeAs(TestRegistry.filesOf(original));
    try (Checkpoint before = Checkpoint.open(original);
        Checkpoint after = Checkpoint.open(copy)) {
      assertThat(after.names()).hasSameSizeAs(before.names());
      for (String name : before.names()) {
        String full = name.startsWith("model.") ? name : "model." + name;
        assertThat(after.data(full).mismatch(before.data(name))).as(name).isEqualTo(-1);
      }
    }
  }

  @Test
  void a_download_goes_on_when_its_version_is_archived_and_the_garbage_collected()
      throws IOException {
    Version version = registry.ready(registry.tenant, "adapter", 1);
    byte[] whole;
    try (AdapterDownload download = open(version)) {
      whole = tar(download);
    }
    int blobs = registry.blobs().size();
    try (AdapterDownload download = open(version)) {
      registry.versions.archive(TestRegistry.ACTOR, registry.tenant.id(), "adapter", 1);
      registry.garbage.collect();
      assertThat(tar(download)).isEqualTo(whole);
    }
    assertThat(registry.garbage.collect().removed()).isBetween(1, blobs);
    assertThat(registry.blobs()).isEmpty();
  }

  @Test
  void a_version_whose_small_files_were_not_kept_comes_with_a_configuration_all_the_same()
      throws IOException {
    for (int seed = 1; seed <= 6; seed++) {
      Version version = registry.upload(registry.tenant, "old", registry.adapterFolder(seed));
      Version validating = registry.states.beginValidation(TestRegistry.ACTOR, version);
      Version ready = storeWithoutDocuments(validating, registry.adapterFolder(seed));
      Path copy = folder.resolve("old-" + seed);
      try (AdapterDownload download = open(ready)) {
        unpack(tar(download), "old-" + ready.number() + "/", copy);
      }
      try (AdapterFolder adapter = AdapterFolder.open(copy, registry.model)) {
        assertThat(adapter.manifest().digest()).as("seed %d", seed).isEqualTo(ready.digest());
      }
    }
  }

  private Version storeWithoutDocuments(Version validating, Path adapter) throws IOException {
    try (AdapterFolder source = AdapterFolder.open(adapter, registry.model);
        ExpertStore.Writing writing = registry.store.begin()) {
      Map<Digest, Long> bytes = new HashMap<>();
      for (TunedExpert expert : source.manifest().experts()) {
        bytes.put(expert.digest(), writing.put(expert.digest(), source.weights(expert)));
      }
      writing.put(source.manifest());
      return registry.states.ready(
          TestRegistry.ACTOR,
          validating,
          source.manifest(),
          new StoredVersion(source.manifest().digest(), bytes, List.of(), 0));
    }
  }

  @Test
  void what_is_not_ready_or_not_ones_own_cannot_be_downloaded() {
    Version uploading = registry.upload(registry.tenant, "adapter", registry.adapterFolder(1));
    assertThatThrownBy(() -> open(uploading)).isInstanceOf(ConflictException.class);
    Version ready = registry.ingest.complete(TestRegistry.ACTOR, uploading);
    Tenant other = registry.tenants.create(TestRegistry.ACTOR, "other");
    assertThatThrownBy(() -> downloads.open(other.id(), "adapter", 1))
        .isInstanceOf(NotFoundException.class);
    try (AdapterDownload download = open(ready)) {
      assertThatThrownBy(() -> download.bytes("../lock")).isInstanceOf(NotFoundException.class);
    }
  }

  private AdapterDownload open(Version version) {
    return downloads.open(version.tenantId(), version.adapter(), version.number());
  }

  private static byte[] tar(AdapterDownload download) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    download.writeArchive(out);
    assertThat(out.size()).isEqualTo(download.archiveBytes());
    return out.toByteArray();
  }

  private static void unpack(byte[] tar, String prefix, Path to) throws IOException {
    Files.createDirectories(to);
    try (TarArchiveInputStream in = new TarArchiveInputStream(new ByteArrayInputStream(tar))) {
      for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        assertThat(entry.getName()).startsWith(prefix);
        Files.copy(in, to.resolve(entry.getName().substring(prefix.length())));
      }
    }
  }
}
