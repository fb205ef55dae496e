package dev.heddle.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Violation;
import dev.heddle.format.adapter.GoldenCase;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.store.StoredAdapterSource;
import dev.heddle.registry.testing.TestRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdapterProofTest {
  private static final String GOLDEN = "[{\"prompt\":\"a\",\"max_tokens\":1,\"text\":\"b\"}]";
  private static final Violation MISMATCH =
      new Violation("golden-mismatch", "golden.json[0]", "another answer");

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
  void an_adapter_is_in_the_store_and_not_callable_while_it_is_proved() {
    Version version = upload(GOLDEN);
    Version ready =
        ingest(
                (proved, adapter, golden) -> {
                  assertThat(golden)
                      .containsExactly(
                          new GoldenCase(
                              new GoldenCase.Prompt.Text("a"), 1, new GoldenCase.Answer.Text("b")));
                  assertThat(stateOf(version)).isEqualTo(VersionState.VALIDATING);
                  try (StoredAdapterSource stored =
                      StoredAdapterSource.open(registry.store, adapter)) {
                    assertThat(stored.manifest().digest()).isEqualTo(adapter);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                  return List.of();
                })
            .complete(TestRegistry.ACTOR, version);
    assertThat(ready.state()).isEqualTo(VersionState.READY);
  }

  @Test
  void a_mismatch_rejects_with_its_report_and_leaves_no_blob_to_the_collector() {
    Version version = upload(GOLDEN);
    Version rejected =
        ingest((proved, adapter, golden) -> List.of(MISMATCH))
            .complete(TestRegistry.ACTOR, version);
    assertThat(rejected.state()).isEqualTo(VersionState.REJECTED);
    assertThat(rejected.report()).containsExactly(MISMATCH);
    registry.garbage.collect().removed();
    assertThat(registry.blobs()).isEmpty();
    assertThat(registry.uploadedBytes()).isEmpty();
  }

  @Test
  void without_anybody_to_answer_the_upload_stays_open() {
    Version version = upload(GOLDEN);
    AdapterIngest failing =
        ingest((proved, adapter, golden) -> {
          throw new IllegalStateException("no slots");
        });
    assertThatThrownBy(() -> failing.complete(TestRegistry.ACTOR, version)).hasMessage("no slots");
    assertThat(stateOf(version)).isEqualTo(VersionState.UPLOADING);
    assertThat(registry.ingest.complete(TestRegistry.ACTOR, reread(version)).state())
        .isEqualTo(VersionState.READY);
  }

  @Test
  void a_faulty_file_of_prompts_is_part_of_the_report() {
    Version version = upload("[{\"prompt\":\"a\",\"max_tokens\":0}]");
    assertThat(registry.ingest.complete(TestRegistry.ACTOR, version).report())
        .extracting(Violation::code)
        .containsExactlyInAnyOrder("out-of-range", "golden-answer");
  }

  private Version upload(String golden) {
    Version version = registry.upload(registry.tenant, "adapter", registry.adapterFolder(1));
    registry.put(version, "golden.json", golden.getBytes(StandardCharsets.UTF_8));
    return version;
  }

  private AdapterIngest ingest(AdapterProof proof) {
    return new AdapterIngest(
        registry.db,
        registry.uploads,
        registry.store,
        registry.model,
        proof,
        registry.replicas.self());
  }

  private VersionState stateOf(Version version) {
    return reread(version).state();
  }

  private Version reread(Version version) {
    return registry.versions.get(version.tenantId(), version.adapter(), version.number());
  }
}
