package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.adapter.AdapterFolder;
import dev.heddle.format.adapter.TunedExpert;
import dev.heddle.format.model.ModelFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A platform killed by {@code kill -9} at random moments of uploads, validations, publications,
 * alias switches, loads and archivings. {@code -Dheddle.crash.kills} says how often, {@code
 * -Dheddle.crash.seed} when.
 */
class CrashTest {
  private static final int KILLS = Integer.getInteger("heddle.crash.kills", 2);
  private static final long SEED = Long.getLong("heddle.crash.seed", System.nanoTime());
  private static final int LANES = 3;
  private static final int KILL_AFTER_MILLIS_MAX = 1500;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void nothing_acknowledged_is_lost_and_nothing_half_done_is_served_or_left() throws Exception {
    // The database may run as another user, who has to reach its folder.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path data = folder.resolve("data");
    Random random = new Random(SEED);
    List<CrashLane> lanes = new ArrayList<>();
    for (int i = 0; i < LANES; i++) {
      lanes.add(new CrashLane("lane-" + i, i * 2));
    }
    for (int kill = 0; kill < KILLS; kill++) {
      PlatformProcess platform = PlatformProcess.start(data);
      checkAll(platform, lanes);
      List<Thread> workers = new ArrayList<>();
      List<Throwable> failures = new ArrayList<>();
      for (CrashLane lane : lanes) {
        Thread worker = Thread.ofVirtual().unstarted(() -> lane.work(platform));
        worker.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
        workers.add(worker);
      }
      workers.forEach(Thread::start);
      Thread.sleep(random.nextInt(KILL_AFTER_MILLIS_MAX));
      platform.kill();
      for (Thread worker : workers) {
        worker.join();
      }
      assertThat(failures).as("seed " + SEED).isEmpty();
    }
    try (PlatformProcess platform = PlatformProcess.start(data)) {
      checkAll(platform, lanes);
      assertNoOrphans(platform, data.resolve("experts"), lanes);
      platform.awaitSaid("the base model is what it was"); // as the second start took on trust
    }
  }

  private static void checkAll(PlatformProcess platform, List<CrashLane> lanes) throws IOException {
    for (CrashLane lane : lanes) {
      try {
        lane.check(platform);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + SEED + ": " + e.getMessage(), e);
      }
    }
  }

  private static void assertNoOrphans(PlatformProcess platform, Path store, List<CrashLane> lanes)
      throws IOException {
    platform.send(platform.request("/api/v1/expert-store:collect").POST(BodyPublishers.noBody()));
    Set<String> live = new TreeSet<>();
    try (ModelFolder base = ModelFolder.open(PlatformFixture.DEMO.resolve("base"))) {
      lanes.stream()
          .flatMap(lane -> lane.liveFolders().stream())
          .distinct()
          .forEach(name -> live.addAll(experts(name, base)));
    }
    assertThat(blobs(store.resolve("experts"))).as("seed " + SEED).isEqualTo(live);
  }

  private static Set<String> experts(String name, ModelFolder base) {
    try (AdapterFolder adapter =
        AdapterFolder.open(PlatformFixture.DEMO.resolve("adapters").resolve(name), base)) {
      return adapter.manifest().experts().stream()
          .map(TunedExpert::digest)
          .map(digest -> digest.hex())
          .collect(Collectors.toSet());
    }
  }

  private static Set<String> blobs(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** The first example of a demo adapter: a prompt, and the tokens of its answer. */
  static JsonNode example(String adapter) {
    try (Stream<String> lines =
        Files.lines(PlatformFixture.DEMO.resolve("examples/" + adapter + ".jsonl"))) {
      return PlatformFixture.parse(lines.findFirst().orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
