package dev.heddle.registry.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.ElsewhereException;
import dev.heddle.registry.adapter.CutValidation;
import dev.heddle.registry.adapter.StoredVersion;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.adapter.VersionStates;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.testing.TestRegistry;
import dev.heddle.registry.upload.AdapterIngest;
import dev.heddle.registry.upload.AdapterProof;
import dev.heddle.registry.upload.FileSink;
import dev.heddle.registry.upload.ResumableUploads;
import dev.heddle.registry.upload.Upload;
import dev.heddle.registry.upload.UploadArea;
import dev.heddle.registry.upload.UploadLimits;
import dev.heddle.registry.upload.UploadPart;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one database and one store: whose work is touched by whom. */
class TakeoverTest {
  @TempDir private static Path folder;
  private static TestRegistry registry;

  /** A process with a data folder of its own. */
  private static final class Process implements AutoCloseable {
    final Replicas replicas;
    final UploadArea uploads;
    final ResumableUploads resumable;
    final VersionStates states;
    final AdapterIngest ingest;

    Process(String name) {
      replicas = replicas(UUID.randomUUID(), name);
      Start self = replicas.self();
      uploads = new UploadArea(registry.db, folder.resolve(name), UploadLimits.DEFAULT, self);
      resumable = new ResumableUploads(uploads, Duration.ofHours(1));
      states = new VersionStates(registry.db, self);
      ingest =
          new AdapterIngest(
              registry.db, uploads, registry.store, registry.model, AdapterProof.NONE, self);
      ingest.recover();
    }

    @Override
    public void close() {
      uploads.close();
      replicas.close();
    }
  }

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @Test
  void a_start_leaves_the_work_of_those_that_live_alone() {
    try (Process a = new Process("living-a")) {
      Version checked = begin("checked");
      checked = a.states.beginValidation(TestRegistry.ACTOR, checked);
      Version sent = begin("sent");
      FileSink plain = a.uploads.open(sent, "config.json", 2);
      Upload resumed = a.resumable.create(sent, "README.md", 4, null, "");
      try (Process b = new Process("living-b")) {
        b.uploads.giveUpOfGone();
        assertThat(b.ingest.cut()).isEmpty();
      }
      plain.write(ByteBuffer.wrap(new byte[2]));
      plain.commit(null);
      try (UploadPart part = a.resumable.append(sent, resumed.id(), 0)) {
        part.write(ByteBuffer.wrap(new byte[4]));
        assertThat(part.finish().isWhole()).isTrue();
      }
      assertThat(a.states.reopen(checked).state()).isEqualTo(VersionState.UPLOADING);
    }
  }

  @Test
  void a_version_s_files_are_at_one_replica_which_the_others_name() {
    try (Process a = new Process("owner-a");
        Process b = new Process("owner-b")) {
      Version version = begin("owned");
      Upload upload = a.resumable.create(version, "README.md", 4, null, "");
      assertThat(a.uploads.owner(version.id())).contains(a.replicas.self().replica());
      assertElsewhere(a, () -> b.uploads.open(version, "config.json", 2));
      assertElsewhere(a, () -> b.resumable.append(version, upload.id(), 0));
      assertElsewhere(a, () -> b.ingest.complete(TestRegistry.ACTOR, version));
      assertThat(state(version)).isEqualTo(VersionState.UPLOADING);
    }
  }

  @Test
  void what_a_replica_has_stored_that_is_gone_is_finished_by_one_other() throws Exception {
    Process a = new Process("gone-a");
    Version version = a.states.beginValidation(TestRegistry.ACTOR, begin("stored"));
    AdapterManifest manifest = store(version, a.states);
    a.close();
    try (Process b = new Process("gone-b");
        Process c = new Process("gone-c")) {
      CutValidation cut = only(b.ingest.cut());
      assertThat(cut.stored()).isNotNull();
      assertThat(b.ingest.take(cut)).isTrue();
      assertThat(c.ingest.take(cut)).isFalse();
      assertTaken(() -> a.states.ready(TestRegistry.ACTOR, version, manifest, cut.stored()));
      assertTaken(() -> a.states.reject(TestRegistry.ACTOR, version, List.of()));
      assertThat(state(version)).isEqualTo(VersionState.VALIDATING);
      b.ingest.finish(cut, () -> false);
      Version finished = registry.versions.get(version.id());
      assertThat(finished.state()).isEqualTo(VersionState.READY);
      assertThat(finished.digest()).isEqualTo(manifest.digest());
    }
  }

  @Test
  void what_was_not_stored_is_open_again_and_its_late_owner_is_refused() {
    Process a = new Process("late-a");
    Version version = a.states.beginValidation(TestRegistry.ACTOR, begin("unstored"));
    Version sent = begin("receiving");
    FileSink plain = a.uploads.open(sent, "config.json", 2);
    plain.write(ByteBuffer.wrap(new byte[2]));
    a.replicas.close();
    try (Process b = new Process("late-b")) {
      CutValidation cut = only(b.ingest.cut());
      assertThat(b.ingest.take(cut)).isTrue();
      b.ingest.finish(cut, () -> false);
      assertThat(state(version)).isEqualTo(VersionState.UPLOADING);
      b.uploads.giveUpOfGone();
    }
    assertTaken(() -> a.states.reject(TestRegistry.ACTOR, version, List.of()));
    assertThatThrownBy(() -> plain.commit(null))
        .isInstanceOfSatisfying(
            ConflictException.class, e -> assertThat(e.code()).isEqualTo("upload-gone"));
    a.uploads.close();
  }

  @Test
  void what_a_folder_has_left_is_its_own_while_a_process_on_it_lives() {
    Process a = new Process("again-a");
    Version version = a.states.beginValidation(TestRegistry.ACTOR, begin("left"));
    a.close();
    try (Process b = new Process("again-b")) {
      try (Replicas again = replicas(a.replicas.self().replica(), "again-a")) {
        assertThat(again.self()).isNotEqualTo(a.replicas.self());
        assertThat(b.ingest.cut()).isEmpty();
      }
      CutValidation cut = only(b.ingest.cut());
      assertThat(b.ingest.take(cut)).isTrue();
      b.ingest.finish(cut, () -> false);
    }
    assertThat(state(version)).isEqualTo(VersionState.UPLOADING);
  }

  @Test
  void a_start_makes_rows_and_states_agree_that_an_earlier_release_has_parted() {
    try (Process a = new Process("parted-a")) {
      Version rowless = a.states.beginValidation(TestRegistry.ACTOR, begin("rowless"));
      delete(rowless);
      Version open = a.states.beginValidation(TestRegistry.ACTOR, begin("open"));
      registry.db.write(jdbc ->
          jdbc.sql("update adapter_version set state = 'UPLOADING' where id = :id")
              .param("id", open.id())
              .update());
      try (Process b = new Process("parted-b")) {
        assertThat(b.ingest.cut()).isEmpty();
      }
      assertThat(state(rowless)).isEqualTo(VersionState.UPLOADING);
      assertThat(state(open)).isEqualTo(VersionState.UPLOADING);
    }
  }

  private static void delete(Version version) {
    registry.db.write(jdbc ->
        jdbc.sql("delete from validation where version_id = :id")
            .param("id", version.id())
            .update());
  }

  private static Replicas replicas(UUID id, String name) {
    return new Replicas(
        registry.db,
        new ReplicaSettings(id, name, null, registry.base.digest(), Duration.ofSeconds(1)));
  }

  private static Version begin(String name) {
    return registry.versions.create(TestRegistry.ACTOR, registry.tenant.id(), name, registry.base);
  }

  private static VersionState state(Version version) {
    return registry.versions.get(version.id()).state();
  }

  private static CutValidation only(List<CutValidation> cut) {
    assertThat(cut).hasSize(1);
    return cut.getFirst();
  }

  private static AdapterManifest store(Version version, VersionStates states) throws IOException {
    try (AdapterFolder source = AdapterFolder.open(registry.adapterFolder(1), registry.model);
        ExpertStore.Writing writing = registry.store.begin()) {
      Map<Digest, Long> bytes = new HashMap<>();
      for (TunedExpert expert : source.manifest().experts()) {
        bytes.put(expert.digest(), writing.put(expert.digest(), source.weights(expert)));
      }
      writing.put(source.manifest());
      states.stored(version, new StoredVersion(source.manifest().digest(), bytes, List.of(), 0));
      return source.manifest();
    }
  }

  private static void assertElsewhere(Process owner, ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            ElsewhereException.class,
            e -> {
              assertThat(e.owner()).isEqualTo(owner.replicas.self().replica());
              assertThat(e).hasMessageContaining("owner-a");
            });
  }

  private static void assertTaken(ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            ConflictException.class, e -> assertThat(e.code()).isEqualTo(VersionStates.TAKEN));
  }
}
