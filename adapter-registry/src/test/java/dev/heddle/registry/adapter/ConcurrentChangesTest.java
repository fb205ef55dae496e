package dev.heddle.registry.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.Page;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many at once, checked against what one after the other could have done. */
class ConcurrentChangesTest {
  private static final int THREADS = 8;

  @TempDir private static Path folder;
  private static TestRegistry registry;

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @Test
  void numbers_have_no_gaps_and_none_twice_when_many_upload_at_once() throws Exception {
    List<Integer> numbers =
        atOnce(
            THREADS * 10,
            i ->
                registry
                    .versions
                    .create(TestRegistry.ACTOR, registry.tenant.id(), "crowded", registry.base)
                    .number());
    assertThat(numbers)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.rangeClosed(1, THREADS * 10).boxed().toList());
  }

  @Test
  void one_of_many_completions_wins() throws Exception {
    Version version =
        registry.versions.create(
            TestRegistry.ACTOR, registry.tenant.id(), "contested", registry.base);
    List<Boolean> won =
        atOnce(
            THREADS, i -> done(() -> registry.states.beginValidation(TestRegistry.ACTOR, version)));
    assertThat(won).containsOnlyOnce(true);
  }

  @Test
  void publish_and_archive_in_any_order_never_leave_a_name_without_a_ready_version()
      throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int versions = 4;
    for (int round = 0; round < 5; round++) {
      String name = "race-" + round;
      for (int v = 0; v < versions; v++) {
        registry.ready(registry.tenant, name, 1 + v);
      }
      int[] picks = random.ints(40, 0, 2 * versions).toArray();
      List<Boolean> done = atOnce(picks.length, i -> done(() -> change(name, picks[i])));
      Adapter adapter = registry.adapters.get(registry.tenant.id(), name);
      String as = "seed " + seed + " round " + round;
      if (adapter.published() != null) {
        assertThat(registry.versions.get(registry.tenant.id(), name, adapter.published()).state())
            .as(as)
            .isEqualTo(VersionState.READY);
      }
      assertHistory(as, name, adapter);
      for (int i = 0; i < picks.length; i++) {
        boolean archived =
            registry.versions.get(registry.tenant.id(), name, picks[i] % versions + 1).state()
                == VersionState.ARCHIVED;
        if (picks[i] >= versions && done.get(i)) {
          assertThat(archived).as("%s: an acknowledged archive holds", as).isTrue();
        }
      }
    }
  }

  /** Each change of the name has the next revision, and the last one is what it means now. */
  private static void assertHistory(String as, String name, Adapter adapter) {
    List<AliasRevision> history =
        registry.aliases.history(registry.tenant.id(), name, new Page.Request(1000, null)).items();
    for (int i = 0; i < history.size(); i++) {
      assertThat(history.get(i).revision()).as(as).isEqualTo(history.size() - i);
    }
    assertThat(history.getFirst().targets()).as(as).isEqualTo(adapter.targets());
  }

  private static void change(String name, int pick) {
    int number = pick % 4 + 1;
    if (pick < 4) {
      registry.publishing.publish(TestRegistry.ACTOR, registry.tenant.id(), name, number);
    } else {
      registry.versions.archive(TestRegistry.ACTOR, registry.tenant.id(), name, number);
    }
  }

  private static boolean done(Runnable change) {
    try {
      change.run();
      return true;
    } catch (ConflictException e) {
      return false;
    }
  }

  private interface Numbered<T> {
    T call(int i) throws Exception;
  }

  private static <T> List<T> atOnce(int count, Numbered<T> work) throws Exception {
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Callable<T>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int number = i;
        all.add(() -> work.call(number));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : executor.invokeAll(all)) {
        results.add(future.get());
      }
      return results;
    }
  }
}
