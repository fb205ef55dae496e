package dev.heddle.registry.imports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.Violation;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.InvalidException;
import dev.heddle.registry.Page;
import dev.heddle.registry.adapter.AdapterFilter;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.audit.AuditEntry;
import dev.heddle.registry.imports.VersionImport.State;
import dev.heddle.registry.testing.TestRegistry;
import dev.heddle.registry.upload.UploadedFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportsTest {
  private static final int NEVER = Integer.MAX_VALUE;

  @TempDir private Path folder;
  private Path root;
  private TestRegistry registry;

  @BeforeEach
  void open() throws IOException {
    registry = TestRegistry.in(folder.resolve("registry"));
    root = Files.createDirectory(folder.resolve("root"));
  }

  @AfterEach
  void close() {
    registry.close();
  }

  @Test
  void a_folder_is_fetched_without_what_is_no_part_of_an_adapter_and_is_ready() throws IOException {
    Path source = adapter(root.resolve("adapter"));
    Files.writeString(source.resolve(".gitattributes"), "");
    Files.writeString(source.resolve("train.py"), "");
    Files.createDirectory(source.resolve("runs"));
    try (Imports imports = imports(registry, new LocalSource(List.of(root)))) {
      Version version = begin(imports, source.toUri().toString(), null);
      VersionImport done = await(imports, version);
      assertThat(done.state()).isEqualTo(State.DONE);
      assertThat(done.skipped()).containsExactlyInAnyOrder(".gitattributes", "train.py", "runs");
      assertThat(done.filesTotal()).isEqualTo(registry.uploads.files(version.id()).size());
      assertThat(done.bytesTotal())
          .isEqualTo(
              registry.uploads.files(version.id()).stream().mapToLong(UploadedFile::bytes).sum());
      assertThat(reread(version).state()).isEqualTo(VersionState.READY);
    }
  }

  @Test
  void a_folder_of_hugging_faces_cache_is_fetched_by_its_name_a_revision_or_a_snapshot()
      throws IOException {
    Path cache = cache("0123abcd");
    try (Imports imports = imports(registry, new LocalSource(List.of(root)))) {
      for (String revision : new String[] {null, "main", "0123abcd"}) {
        Version version = begin(imports, cache.toUri().toString(), revision);
        assertThat(await(imports, version).error()).isNull();
        assertThat(reread(version).state()).isEqualTo(VersionState.READY);
      }
      Version version =
          begin(imports, cache.resolve("snapshots/0123abcd").toUri().toString(), null);
      await(imports, version);
      assertThat(reread(version).state()).isEqualTo(VersionState.READY);
      for (String revision : List.of("other", "../../x", "a/../b", "/etc", "")) {
        assertRefused(imports, cache.toUri().toString(), revision);
      }
    }
  }

  @Test
  void what_lies_outside_the_roots_looks_as_what_is_not_there() throws IOException {
    Path outside = adapter(folder.resolve("outside"));
    Files.createSymbolicLink(root.resolve("link"), outside);
    Files.createDirectories(root.resolve("models--a--b/snapshots"));
    Files.createSymbolicLink(root.resolve("models--a--b/snapshots/c"), outside);
    try (Imports imports = imports(registry, new LocalSource(List.of(root)))) {
      Violation absent = refusal(imports, root.resolve("absent").toUri().toString(), null);
      assertThat(absent.code()).isEqualTo("source-not-found");
      for (String source :
          List.of(
              outside.toUri().toString(),
              root.resolve("link").toUri().toString(),
              root.toUri() + "../outside",
              root.toUri() + "%2e%2e/outside",
              root.toUri() + "a%00b")) {
        assertThat(refusal(imports, source, null)).as(source).isEqualTo(absent);
      }
      assertThat(refusal(imports, root.resolve("models--a--b").toUri().toString(), "c"))
          .isEqualTo(absent);
    }
    try (Imports imports = imports(registry, new LocalSource(List.of()))) {
      assertThat(refusal(imports, outside.toUri().toString(), null).message())
          .contains("heddle.imports.roots");
    }
    assertThat(
            registry
                .adapters
                .list(registry.tenant.id(), AdapterFilter.ALL, Page.Request.FIRST)
                .items())
        .isEmpty();
  }

  @Test
  void a_file_that_links_out_of_the_root_fails_the_import() throws IOException {
    Path outside = adapter(folder.resolve("outside"));
    Path source = Files.createDirectory(root.resolve("adapter"));
    for (Path file : TestRegistry.filesOf(outside)) {
      Files.createSymbolicLink(source.resolve(file.getFileName()), file);
    }
    try (Imports imports = imports(registry, new LocalSource(List.of(root)))) {
      assertThat(refusal(imports, source.toUri().toString(), null).code())
          .isEqualTo("escaping-link");
    }
  }

  @Test
  void what_a_killed_process_left_goes_on_with_the_files_that_are_missing() throws Exception {
    Path source = adapter(root.resolve("adapter"));
    Stalling stalling = new Stalling(new LocalSource(List.of(root)));
    Version version;
    Imports first = imports(registry, stalling);
    version = begin(first, source.toUri().toString(), null);
    stalling.reached.await(); // one file is there, another on its way
    List<UploadedFile> before = registry.uploads.files(version.id());
    first.close();
    assertThat(before).hasSize(1);

    try (TestRegistry restarted = registry.restart();
        Imports second = imports(restarted, new LocalSource(List.of(root)))) {
      second.resume();
      assertThat(await(second, version).state()).isEqualTo(State.DONE);
      assertThat(restarted.uploads.files(version.id())).hasSizeGreaterThan(1).containsAll(before);
      assertThat(restarted.versions.get(version.id()).state()).isEqualTo(VersionState.READY);
    }
  }

  @Test
  void archiving_the_version_cancels_its_import() throws Exception {
    Path source = adapter(root.resolve("adapter"));
    Stalling stalling = new Stalling(new LocalSource(List.of(root)));
    try (Imports imports = imports(registry, stalling)) {
      Version version = begin(imports, source.toUri().toString(), null);
      stalling.reached.await();
      registry.versions.archive(
          TestRegistry.ACTOR, version.tenantId(), version.adapter(), version.number());
      stalling.released.countDown();
      assertThat(await(imports, version).state()).isEqualTo(State.CANCELLED);
      assertThat(reread(version).state()).isEqualTo(VersionState.ARCHIVED);
    }
  }

  @Test
  void a_source_that_stays_away_fails_the_import_in_the_end() throws IOException {
    Path source = adapter(root.resolve("adapter"));
    Stalling broken = new Stalling(new LocalSource(List.of(root)));
    broken.breaksAt = 1;
    broken.released.countDown();
    try (Imports imports = imports(registry, broken)) {
      Version version = begin(imports, source.toUri().toString(), null);
      VersionImport failed = await(imports, version);
      assertThat(failed.state()).isEqualTo(State.FAILED);
      assertThat(failed.error()).contains("the disk is gone");
      assertThat(reread(version).state()).isEqualTo(VersionState.UPLOADING);
    }
  }

  @Test
  void an_import_that_failed_goes_on_when_it_is_retried_with_the_files_that_are_missing()
      throws IOException {
    Path source = adapter(root.resolve("adapter"));
    Stalling broken = new Stalling(new LocalSource(List.of(root)));
    broken.breaksAt = 2;
    broken.released.countDown();
    try (Imports imports = imports(registry, broken)) {
      Version version = begin(imports, source.toUri().toString(), null);
      assertThat(await(imports, version).state()).isEqualTo(State.FAILED);
      List<UploadedFile> before = registry.uploads.files(version.id());
      assertThat(before).hasSize(1);
      broken.breaksAt = NEVER;

      imports.retry(TestRegistry.ACTOR, version);

      VersionImport done = await(imports, version);
      assertThat(done.state()).isEqualTo(State.DONE);
      assertThat(done.error()).isNull();
      assertThat(registry.uploads.files(version.id())).containsAll(before);
      assertThat(reread(version).state()).isEqualTo(VersionState.READY);
      assertThat(registry.audit.list(version.tenantId(), Page.Request.FIRST).items())
          .extracting(AuditEntry::action)
          .contains("version.import");
      assertNotRetried(imports, version); // done
    }
  }

  @Test
  void what_has_not_failed_or_was_archived_is_not_retried() throws Exception {
    Path source = adapter(root.resolve("adapter"));
    Stalling broken = new Stalling(new LocalSource(List.of(root)));
    try (Imports imports = imports(registry, broken)) {
      Version uploaded =
          registry.versions.create(
              TestRegistry.ACTOR, registry.tenant.id(), "uploaded", registry.base);
      assertNotRetried(imports, uploaded);
      Version version = begin(imports, source.toUri().toString(), null);
      broken.reached.await();
      assertNotRetried(imports, version); // runs
      broken.breaksAt = 1;
      broken.released.countDown();
      assertThat(await(imports, version).state()).isEqualTo(State.FAILED);
      registry.versions.archive(
          TestRegistry.ACTOR, version.tenantId(), version.adapter(), version.number());
      assertNotRetried(imports, version);
      assertThat(imports.find(version).orElseThrow().state()).isEqualTo(State.FAILED);
    }
  }

  private static void assertNotRetried(Imports imports, Version version) {
    assertThatThrownBy(() -> imports.retry(TestRegistry.ACTOR, version))
        .isInstanceOfSatisfying(
            ConflictException.class, e -> assertThat(e.code()).isEqualTo("import-not-failed"));
  }

  /** Opens the second file only when it is let; from {@code breaksAt} on, none. */
  private static final class Stalling implements ImportSource {
    private final LocalSource source;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private volatile int breaksAt = NEVER;
    private int opened;

    Stalling(LocalSource source) {
      this.source = source;
    }

    @Override
    public String scheme() {
      return source.scheme();
    }

    @Override
    public void check(URI uri, @Nullable String revision) {
      source.check(uri, revision);
    }

    @Override
    public SourceFolder open(URI uri, @Nullable String revision) throws IOException {
      SourceFolder folder = source.open(uri, revision);
      return new SourceFolder() {
        @Override
        public List<File> files() {
          return folder.files();
        }

        @Override
        public List<String> others() {
          return folder.others();
        }

        @Override
        public InputStream open(File file) throws IOException {
          if (++opened == 2) {
            reached.countDown();
            try {
              released.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
          if (opened >= breaksAt) {
            throw new IOException("the disk is gone");
          }
          return folder.open(file);
        }
      };
    }
  }

  private Path adapter(Path target) throws IOException {
    Files.createDirectory(target);
    for (Path file : TestRegistry.filesOf(registry.adapterFolder(1))) {
      Files.copy(file, target.resolve(file.getFileName()));
    }
    return target;
  }

  /** As huggingface_hub lays it out. */
  private Path cache(String commit) throws IOException {
    Path cache = Files.createDirectory(root.resolve("models--org--adapter"));
    Path blobs = Files.createDirectory(cache.resolve("blobs"));
    Path snapshot = Files.createDirectories(cache.resolve("snapshots").resolve(commit));
    Files.createDirectory(cache.resolve("refs"));
    Files.writeString(cache.resolve("refs/main"), commit);
    int number = 0;
    for (Path file : TestRegistry.filesOf(registry.adapterFolder(1))) {
      String blob = "blob" + number++;
      Files.copy(file, blobs.resolve(blob));
      Files.createSymbolicLink(
          snapshot.resolve(file.getFileName()), Path.of("../../blobs").resolve(blob));
    }
    return cache;
  }

  private static Imports imports(TestRegistry registry, ImportSource source) {
    return new Imports(
        registry.db,
        registry.uploads,
        registry.ingest,
        List.of(source),
        2,
        Duration.ofMillis(1),
        registry.replicas.self());
  }

  private Version begin(Imports imports, String source, @Nullable String revision) {
    return imports.begin(
        TestRegistry.ACTOR, registry.tenant.id(), "adapter", registry.base, source, revision);
  }

  private Violation refusal(Imports imports, String source, @Nullable String revision) {
    try {
      begin(imports, source, revision);
    } catch (InvalidException e) {
      return e.violations().getFirst();
    }
    throw new AssertionError(source + " was not refused");
  }

  private void assertRefused(Imports imports, String source, @Nullable String revision) {
    assertThatThrownBy(() -> begin(imports, source, revision))
        .as(String.valueOf(revision))
        .isInstanceOf(InvalidException.class);
  }

  private static VersionImport await(Imports imports, Version version) {
    for (int i = 0; i < 1500; i++) {
      VersionImport now = imports.find(version).orElseThrow();
      if (now.state() != State.RUNNING) {
        return now;
      }
      LockSupport.parkNanos(20_000_000);
    }
    throw new AssertionError("it does not end");
  }

  private Version reread(Version version) {
    return registry.versions.get(version.id());
  }
}
