package dev.heddle.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionState;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.store.BlobKind;
import dev.heddle.registry.testing.TestDatabase;
import dev.heddle.registry.testing.TestRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that uploads is killed again and again; the next one finds what it said it had. */
class UploadCrashTest {
  private static final long SEED = 20;
  private static final int KILLS = 3;

  @TempDir private Path folder;

  @Test
  void what_was_acknowledged_outlives_kill_9_and_nothing_half_is_left() throws Exception {
    DatabaseSettings settings = TestDatabase.fresh();
    try (TestRegistry registry = TestRegistry.open(folder, settings)) {
      registry.adapterFolder(1);
      registry.adapterFolder(2);
    }
    Random random = new Random(SEED);
    int said = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      List<String[]> lines =
          runAndKill(settings, "kill-" + kill + "-", SEED + kill, 100 + random.nextInt(900));
      said += lines.size();
      try (TestRegistry registry = TestRegistry.open(folder, settings)) {
        checkFiles(registry, lines);
        checkUploads(registry, lines);
        checkVersions(registry, lines);
        checkSpace(registry);
        checkStore(registry);
      }
    }
    assertThat(said).as("lines said in all, seed %d", SEED).isGreaterThan(5 * KILLS);
  }

  private List<String[]> runAndKill(DatabaseSettings settings, String prefix, long seed, int millis)
      throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "--add-modules",
                "jdk.incubator.vector",
                UploadLoop.class.getName(),
                folder.toString(),
                settings.url(),
                settings.owner().name(),
                settings.owner().password(),
                prefix,
                Long.toString(seed))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String[]> lines = new ArrayList<>();
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        if (line.equals("@ started")) {
          killLater(process, millis);
        } else if (line.startsWith("@ ")) {
          lines.add(line.substring(2).split(" ", -1));
        }
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
    return lines;
  }

  private static void killLater(Process process, int millis) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            process.waitFor(millis, TimeUnit.MILLISECONDS);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          // By its handle: a Process that is destroyed closes the output that is still being read.
          process.toHandle().destroyForcibly();
        });
  }

  /**
   * A file is the last one acknowledged, or one that was begun since; its bytes are its digest's.
   */
  private static void checkFiles(TestRegistry registry, List<String[]> lines) throws IOException {
    Map<String, Map<String, Set<String>>> possible = new HashMap<>();
    Set<String> acknowledged = new HashSet<>();
    for (String[] line : lines) {
      if (line[0].endsWith("file")) {
        Map<String, Set<String>> files = possible.computeIfAbsent(line[1], n -> new HashMap<>());
        Set<String> digests = files.computeIfAbsent(line[2], p -> new HashSet<>());
        if (line[0].equals("file")) {
          digests.clear();
          acknowledged.add(line[1] + " " + line[2]);
        }
        digests.add(line[3]);
      }
    }
    for (var adapter : possible.entrySet()) {
      Version version = registry.versions.get(registry.tenant.id(), adapter.getKey(), 1);
      Path files = registry.uploads.folder(version.id());
      for (UploadedFile file : registry.uploads.files(version.id())) {
        byte[] bytes = Files.readAllBytes(files.resolve(file.path()));
        assertThat(UploadLoop.sha256(bytes)).isEqualTo(file.sha256());
        if (adapter.getValue().containsKey(file.path())) {
          assertThat(adapter.getValue().get(file.path())).contains(file.sha256().hex());
          acknowledged.remove(adapter.getKey() + " " + file.path());
        }
      }
      registry.uploads.discardFolder(files);
    }
    assertThat(acknowledged).as("acknowledged, and not there").isEmpty();
  }

  /** An upload is at the offset acknowledged or beyond, has the right bytes, and can be ended. */
  private static void checkUploads(TestRegistry registry, List<String[]> lines) throws IOException {
    Map<UUID, String[]> last = new HashMap<>();
    Set<UUID> given = new HashSet<>();
    for (String[] line : lines) {
      switch (line[0]) {
        case "offset" -> last.put(UUID.fromString(line[3]), line);
        case "begin-terminate" -> given.add(UUID.fromString(line[3]));
        case "terminated" -> last.remove(UUID.fromString(line[3]));
        default -> {}
      }
    }
    for (var each : last.entrySet()) {
      UUID id = each.getKey();
      String path = each.getValue()[2];
      Version version = registry.versions.get(registry.tenant.id(), each.getValue()[1], 1);
      try {
        Upload upload = registry.resumable.get(version, id);
        int offset = Math.toIntExact(upload.offset());
        byte[] content = UploadLoop.content(path);
        assertThat(offset).isGreaterThanOrEqualTo(Integer.parseInt(each.getValue()[4]));
        if (!upload.isWhole()) {
          try (UploadPart part = registry.resumable.append(version, id, offset)) {
            part.write(ByteBuffer.wrap(content, offset, content.length - offset));
            part.finish();
          }
        }
        assertThat(registry.uploads.file(id)).hasBinaryContent(content);
      } catch (NotFoundException e) {
        assertThat(given).as("gone without being given up").contains(id);
      }
    }
  }

  /** What was told to be done is done; of the rest, none is between two states. */
  private static void checkVersions(TestRegistry registry, List<String[]> lines) {
    Set<String> archiving = new HashSet<>();
    for (String[] line : lines) {
      if (line[0].equals("begin-archive")) {
        archiving.add(line[1] + line[2]);
      }
    }
    for (String[] line : lines) {
      if (line[0].equals("done")) {
        VersionState state = version(registry, line[1], line[2]).state();
        assertThat(state.name())
            .isIn(
                archiving.contains(line[1] + line[2])
                    ? Set.of(line[3], "ARCHIVED")
                    : Set.of(line[3]));
      }
    }
    assertThat(
            registry.db.<Long>read(jdbc ->
                jdbc.sql("select count(*) from adapter_version where state = 'VALIDATING'")
                    .query(Long.class)
                    .single()))
        .isZero();
  }

  private static Version version(TestRegistry registry, String name, String number) {
    return registry.versions.get(registry.tenant.id(), name, Integer.parseInt(number));
  }

  /** The book agrees with the disk: a row for each file, bytes for each row, one sum. */
  private void checkSpace(TestRegistry registry) throws IOException {
    record Row(UUID id, boolean whole, long bytes, long received) {}
    List<Row> rows =
        registry.db.read(jdbc ->
            jdbc.sql("select id, state, bytes, received from upload")
                .query((row, n) ->
                    new Row(
                        row.getObject("id", UUID.class),
                        row.getString("state").equals("WHOLE"),
                        row.getLong("bytes"),
                        row.getLong("received")))
                .list());
    Set<String> known = new HashSet<>();
    for (Row row : rows) {
      known.add(row.id().toString());
      Path file = registry.uploads.file(row.id());
      long size = Files.exists(file) ? Files.size(file) : 0;
      if (row.whole()) {
        assertThat(size).isEqualTo(row.bytes());
      } else {
        assertThat(size).isGreaterThanOrEqualTo(row.received());
      }
    }
    assertThat(known)
        .containsAll(
            registry.uploadedBytes().stream().map(p -> p.getFileName().toString()).toList());
    Storage.Used used = registry.storage.used(registry.tenant.id());
    assertThat(used.uploadBytes()).isEqualTo(rows.stream().mapToLong(Row::bytes).sum());
    long ready =
        registry.db.read(jdbc ->
            jdbc.sql(
                    """
                    select coalesce(sum(bytes), 0)::bigint from adapter_version where state = 'READY'
                    """)
                .query(Long.class)
                .single());
    assertThat(used.readyBytes()).isEqualTo(ready);
  }

  /** After garbage collection the store has what ready versions need, and nothing else. */
  private static void checkStore(TestRegistry registry) throws IOException {
    registry.garbage.collect();
    Set<Digest> needed = registry.neededBlobs();
    Set<Digest> present = new HashSet<>();
    for (Path blob : registry.blobs()) {
      present.add(new Digest(blob.getFileName().toString()));
    }
    assertThat(present).containsExactlyInAnyOrderElementsOf(needed);
    for (TunedExpert expert : experts(registry)) {
      registry.store.verify(BlobKind.EXPERT, expert.digest());
    }
  }

  private static List<TunedExpert> experts(TestRegistry registry) {
    List<UUID> ready =
        registry.db.read(jdbc ->
            jdbc.sql("select distinct on (digest) id from adapter_version where state = 'READY'")
                .query((row, n) -> row.getObject("id", UUID.class))
                .list());
    return ready.stream().flatMap(id -> registry.versions.experts(id).stream()).toList();
  }
}
