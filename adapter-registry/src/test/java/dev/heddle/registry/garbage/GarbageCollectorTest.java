package dev.heddle.registry.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.registry.adapter.Version;
import dev.heddle.registry.adapter.VersionDocument;
import dev.heddle.registry.download.AdapterDownload;
import dev.heddle.registry.download.AdapterDownloads;
import dev.heddle.registry.replica.Leader;
import dev.heddle.registry.store.ExpertStore.Collected;
import dev.heddle.registry.store.StoredAdapterSource;
import dev.heddle.registry.testing.TestRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GarbageCollectorTest {
  private static final int ADAPTERS = 4;

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
  void an_archived_version_is_kept_as_long_as_another_replica_may_read_it() {
    Version version = registry.ready(registry.tenant, "adapter", 1);
    int blobs = registry.blobs().size();
    archive(version);
    try (GarbageCollector patient =
        new GarbageCollector(registry.db, registry.store, Duration.ofHours(1), () -> true)) {
      assertThat(patient.collect().removed()).isZero();
    }
    Collected run = registry.garbage.collect();
    assertThat(run.removed()).isEqualTo(blobs);
    assertThat(run.kept()).isZero();
    assertThat(registry.garbage.stats())
        .isEqualTo(new GarbageCollector.Stats(1, blobs, run.removedBytes(), 0, 0));
  }

  @Test
  void it_runs_at_the_leader_and_when_asked() throws Exception {
    archive(registry.ready(registry.tenant, "adapter", 1));
    try (Leader leader =
        new Leader(registry.db, registry.replicas.self(), Duration.ofMillis(100))) {
      leader.every("collection", Duration.ZERO, Duration.ofDays(1), registry.garbage::collect);
      awaitNoBlobs();
    }
    archive(registry.ready(registry.tenant, "adapter", 1));
    registry.garbage.request();
    registry.garbage.request();
    awaitNoBlobs();
  }

  private void awaitNoBlobs() throws InterruptedException {
    for (int i = 0; i < 600 && !registry.blobs().isEmpty(); i++) {
      Thread.sleep(50);
    }
    assertThat(registry.blobs()).isEmpty();
  }

  @Test
  void whatever_happens_at_once_what_is_needed_stays_and_nothing_else() throws Exception {
    for (int seed = 1; seed <= ADAPTERS; seed++) {
      registry.adapterFolder(seed);
    }
    List<List<Version>> ready = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<?>> workers = new ArrayList<>();
      for (int worker = 0; worker < ready.size(); worker++) {
        workers.add(executor.submit(work(worker, ready.get(worker))));
      }
      while (workers.stream().anyMatch(worker -> !worker.isDone())) {
        registry.garbage.collect();
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
    registry.garbage.collect();
    Set<String> needed = new TreeSet<>();
    ready.stream().flatMap(List::stream).forEach(version -> needed.addAll(digests(version)));
    assertThat(registry.neededBlobs().stream().map(Digest::hex))
        .containsExactlyInAnyOrderElementsOf(needed);
    assertThat(registry.blobs().stream().map(blob -> blob.getFileName().toString()))
        .containsExactlyInAnyOrderElementsOf(needed);
  }

  /** Ingests, archives, reads, and archives while it reads; what is ready is always whole. */
  private Callable<Void> work(int seed, List<Version> ready) {
    Random random = new Random(seed);
    return () -> {
      for (int step = 0; step < 12; step++) {
        String at = "seed " + seed + " step " + step;
        if (ready.isEmpty() || random.nextInt(3) == 0) {
          ready.add(
              registry.ready(registry.tenant, "adapter-" + seed, 1 + random.nextInt(ADAPTERS)));
        }
        Version version = ready.get(random.nextInt(ready.size()));
        boolean keep = random.nextBoolean();
        switch (random.nextInt(3)) {
          case 0 -> read(version, keep, at);
          case 1 -> download(version, keep, at);
          default -> giveUp(version, keep);
        }
        if (!keep) {
          ready.remove(version);
        }
      }
      return null;
    };
  }

  private void read(Version version, boolean keep, String at) throws IOException {
    try (StoredAdapterSource source = StoredAdapterSource.open(registry.store, version.digest())) {
      giveUp(version, keep);
      for (TunedExpert expert : source.manifest().experts()) {
        assertThat(Digests.expert(source.weights(expert))).as(at).isEqualTo(expert.digest());
      }
    }
  }

  private void download(Version version, boolean keep, String at) throws IOException {
    AdapterDownloads downloads = new AdapterDownloads(registry.db, registry.store, registry.model);
    try (AdapterDownload download =
        downloads.open(version.tenantId(), version.adapter(), version.number())) {
      giveUp(version, keep);
      ByteArrayOutputStream tar = new ByteArrayOutputStream();
      download.writeArchive(tar);
      assertThat((long) tar.size()).as(at).isEqualTo(download.archiveBytes());
    }
  }

  /** Archives unless the version is kept, and collects at once. */
  private void giveUp(Version version, boolean keep) {
    if (!keep) {
      archive(version);
      registry.garbage.collect();
    }
  }

  private void archive(Version version) {
    registry.versions.archive(
        TestRegistry.ACTOR, registry.tenant.id(), version.adapter(), version.number());
  }

  private List<String> digests(Version version) {
    List<Digest> digests = new ArrayList<>();
    digests.add(version.digest());
    registry.versions.experts(version.id()).forEach(expert -> digests.add(expert.digest()));
    registry.versions.documents(version.id()).stream()
        .map(VersionDocument::sha256)
        .forEach(digests::add);
    return digests.stream().map(Digest::hex).toList();
  }
}
