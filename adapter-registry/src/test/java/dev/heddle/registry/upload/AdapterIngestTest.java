package dev.heddle.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.Violation;
import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.LoraFolder;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.testing.LoraWriter;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.access.Tenant;
import dev.heddle.registry.adapter.StoredVersion;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.store.BlobKind;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.store.StoredAdapterSource;
import dev.heddle.registry.testing.TestRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterIngestTest {
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
  void a_stored_adapter_is_the_uploaded_one_expert_for_expert() throws Exception {
    for (long seed = 1; seed <= 4; seed++) {
      Version version = registry.ready(registry.tenant, "adapter", seed);
      AdapterManifest uploaded = manifestOf(registry.adapterFolder(seed));
      assertThat(version.state()).isEqualTo(VersionState.READY);
      assertThat(version.digest()).isEqualTo(uploaded.digest());
      assertThat(version.bytes()).isEqualTo(uploaded.bytes());
      assertThat(registry.versions.experts(version.id())).isEqualTo(uploaded.experts());
      try (StoredAdapterSource stored =
          StoredAdapterSource.open(registry.store, uploaded.digest())) {
        assertThat(stored.manifest()).isEqualTo(uploaded);
        for (TunedExpert expert : uploaded.experts()) {
          assertThat(Digests.expert(stored.weights(expert))).isEqualTo(expert.digest());
        }
      }
      assertThat(registry.uploadedBytes()).isEmpty();
    }
  }

  @Test
  void a_lora_becomes_the_adapter_that_it_folds_to() throws Exception {
    String module = "base_model.model.model.layers.1.mlp.experts.3.up_proj.";
    Map<String, float[][]> tensors = new TreeMap<>();
    int width = registry.model.shape().experts().intermediate();
    int hidden = registry.model.shape().hidden();
    tensors.put(module + "lora_A.weight", filled(2, hidden));
    tensors.put(module + "lora_B.weight", filled(width, 2));
    Path lora = LoraWriter.write(folder.resolve("lora"), "\"lora_alpha\": 4", tensors);
    Path folded = folder.resolve("folded");
    try (LoraFolder opened = LoraFolder.open(lora, registry.model)) {
      opened.fold(folded);
    }
    Version version = upload(lora);

    assertThat(version.report()).isEmpty();
    assertThat(version.state()).isEqualTo(VersionState.READY);
    assertThat(registry.versions.experts(version.id())).hasSize(1);
    assertThat(version.digest()).isEqualTo(manifestOf(folded).digest());
    assertThat(registry.uploadedBytes()).isEmpty();
  }

  @Test
  void a_lora_of_attention_is_rejected_by_the_name_of_its_tensor() throws Exception {
    String tensor = "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight";
    Path lora =
        LoraWriter.write(folder.resolve("lora"), "\"lora_alpha\": 4", Map.of(tensor, filled(2, 4)));
    Version version = upload(lora);

    assertThat(version.state()).isEqualTo(VersionState.REJECTED);
    assertThat(version.report())
        .extracting(Violation::toString)
        .anyMatch(text -> text.startsWith("lora-not-of-an-expert at " + tensor));
  }

  private Version upload(Path files) throws Exception {
    Version version =
        registry.versions.create(
            TestRegistry.ACTOR, registry.tenant.id(), "adapter", registry.base);
    for (Path file : TestRegistry.filesOf(files)) {
      registry.put(version, file.getFileName().toString(), Files.readAllBytes(file));
    }
    return registry.ingest.complete(TestRegistry.ACTOR, version);
  }

  private static float[][] filled(int rows, int cols) {
    float[][] values = new float[rows][cols];
    for (float[] row : values) {
      Arrays.fill(row, 0.5f);
    }
    return values;
  }

  @Test
  void the_same_upload_twice_shares_every_blob_even_across_tenants() {
    Version first = registry.ready(registry.tenant, "adapter", 1);
    List<Path> blobs = registry.blobs();
    Tenant other = registry.tenants.create(TestRegistry.ACTOR, "other");
    Version second = registry.ready(other, "copy", 1);
    assertThat(second.digest()).isEqualTo(first.digest());
    assertThat(registry.blobs()).isEqualTo(blobs);
  }

  @Test
  void a_bad_upload_is_rejected_with_all_that_is_wrong_and_leaves_no_blob() throws Exception {
    Version version =
        registry.versions.create(
            TestRegistry.ACTOR, registry.tenant.id(), "adapter", registry.base);
    for (Path file : TestRegistry.filesOf(registry.adapterFolder(1))) {
      if (!file.endsWith("expert_cfg.json")) {
        registry.put(version, file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    registry.put(
        version,
        "expert_cfg.json",
        "{\"experts\": {\"0\": [1], \"99\": [0]}, \"non_expert_modules\": true}"
            .getBytes(StandardCharsets.US_ASCII));
    Version rejected = registry.ingest.complete(TestRegistry.ACTOR, version);
    assertThat(rejected.state()).isEqualTo(VersionState.REJECTED);
    assertThat(rejected.report()).hasSizeGreaterThan(2);
    assertThat(rejected.report())
        .extracting(Violation::toString)
        .noneMatch(text -> text.contains(folder.toString()));
    assertThat(registry.blobs()).isEmpty();
    assertThat(registry.uploadedBytes()).isEmpty();
    assertThat(registry.uploads.files(version.id())).isNotEmpty();
    assertThatThrownBy(() -> registry.ingest.complete(TestRegistry.ACTOR, rejected))
        .isInstanceOf(ConflictException.class);
  }

  @Test
  void an_upload_without_files_is_rejected() {
    Version version =
        registry.versions.create(
            TestRegistry.ACTOR, registry.tenant.id(), "adapter", registry.base);
    assertThat(registry.ingest.complete(TestRegistry.ACTOR, version).state())
        .isEqualTo(VersionState.REJECTED);
  }

  @Test
  void a_store_that_fails_leaves_the_upload_open_to_be_completed_again() {
    Version version = registry.upload(registry.tenant, "adapter", registry.adapterFolder(1));
    AdapterIngest failing =
        new AdapterIngest(
            registry.db,
            registry.uploads,
            new FullStore(registry.store, () -> {}),
            registry.model,
            AdapterProof.NONE,
            registry.replicas.self());
    assertThatThrownBy(() -> failing.complete(TestRegistry.ACTOR, version))
        .isInstanceOf(UnavailableException.class);
    Version open = registry.versions.get(registry.tenant.id(), "adapter", 1);
    assertThat(open.state()).isEqualTo(VersionState.UPLOADING);
    assertThat(registry.ingest.complete(TestRegistry.ACTOR, open).state())
        .isEqualTo(VersionState.READY);
  }

  @Test
  void a_check_that_fails_while_the_database_takes_no_changes_is_open_when_it_does() {
    Version version = registry.upload(registry.tenant, "adapter", registry.adapterFolder(1));
    AdapterIngest failing =
        new AdapterIngest(
            registry.db,
            registry.uploads,
            new FullStore(registry.store, () -> registry.readOnly(true)),
            registry.model,
            AdapterProof.NONE,
            registry.replicas.self());
    assertThatThrownBy(() -> failing.complete(TestRegistry.ACTOR, version))
        .isInstanceOf(UnavailableException.class);
    awaitState(VersionState.VALIDATING);
    registry.readOnly(false);
    awaitState(VersionState.UPLOADING);
  }

  /** Connections that were ended have to be made again first. */
  private void awaitState(VersionState state) {
    await()
        .ignoreExceptionsMatching(UnavailableException.class::isInstance)
        .until(() -> registry.versions.get(registry.tenant.id(), "adapter", 1).state() == state);
  }

  @Test
  void killed_before_it_is_ready_a_version_takes_files_again_and_its_blobs_are_garbage() {
    Version kept = registry.ready(registry.tenant, "kept", 2);
    Set<Path> needed = new HashSet<>(registry.blobs());
    Version version = registry.upload(registry.tenant, "adapter", registry.adapterFolder(1));
    registry.states.beginValidation(TestRegistry.ACTOR, version);
    storeBlobs(registry.adapterFolder(1));
    assertThat(registry.blobs()).hasSizeGreaterThan(needed.size());

    registry = registry.restart();
    assertThat(registry.garbage.collect().removed()).isPositive();
    assertThat(registry.blobs()).containsExactlyInAnyOrderElementsOf(needed);
    Version open = registry.versions.get(registry.tenant.id(), "adapter", 1);
    assertThat(open.state()).isEqualTo(VersionState.UPLOADING);
    assertThat(registry.ingest.complete(TestRegistry.ACTOR, open).state())
        .isEqualTo(VersionState.READY);
    assertThat(registry.store.contains(kept.digest())).isTrue();
  }

  @Test
  void killed_after_it_is_ready_a_version_is_whole_and_its_upload_is_cleared() throws Exception {
    Version version = registry.upload(registry.tenant, "adapter", registry.adapterFolder(1));
    Version validating = registry.states.beginValidation(TestRegistry.ACTOR, version);
    Map<Digest, Long> bytes = storeBlobs(registry.adapterFolder(1));
    registry.states.ready(
        TestRegistry.ACTOR,
        validating,
        manifestOf(registry.adapterFolder(1)),
        new StoredVersion(manifestOf(registry.adapterFolder(1)).digest(), bytes, List.of(), 0));
    assertThat(registry.uploadedBytes()).isNotEmpty();

    registry = registry.restart();
    assertThat(registry.uploadedBytes()).isEmpty();
    assertThat(registry.garbage.collect().removed()).isZero();
    Version ready = registry.versions.get(registry.tenant.id(), "adapter", 1);
    assertThat(ready.state()).isEqualTo(VersionState.READY);
    for (TunedExpert expert : registry.versions.experts(ready.id())) {
      registry.store.verify(BlobKind.EXPERT, expert.digest());
    }
  }

  @Test
  void blobs_of_an_archived_version_go_unless_another_has_them() {
    registry.ready(registry.tenant, "first", 1);
    registry.ready(registry.tenant, "second", 1);
    registry.versions.archive(TestRegistry.ACTOR, registry.tenant.id(), "first", 1);
    assertThat(registry.garbage.collect().removed()).isZero();
    registry.versions.archive(TestRegistry.ACTOR, registry.tenant.id(), "second", 1);
    assertThat(registry.garbage.collect().removed()).isPositive();
    assertThat(registry.blobs()).isEmpty();
    assertThat(registry.ready(registry.tenant, "first", 1).state()).isEqualTo(VersionState.READY);
    assertThat(registry.blobs()).isNotEmpty();
  }

  private AdapterManifest manifestOf(Path adapter) {
    try (AdapterFolder source = AdapterFolder.open(adapter, registry.model)) {
      return source.manifest();
    }
  }

  private Map<Digest, Long> storeBlobs(Path adapter) {
    Map<Digest, Long> bytes = new HashMap<>();
    try (AdapterFolder source = AdapterFolder.open(adapter, registry.model);
        ExpertStore.Writing writing = registry.store.begin()) {
      for (TunedExpert expert : source.manifest().experts()) {
        bytes.put(expert.digest(), writing.put(expert.digest(), source.weights(expert)));
      }
      writing.put(source.manifest());
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
