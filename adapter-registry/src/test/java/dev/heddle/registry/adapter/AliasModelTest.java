package dev.heddle.registry.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.ConflictException;
import dev.heddle.registry.NotFoundException;
import dev.heddle.registry.Page;
import dev.heddle.registry.PreconditionException;
import dev.heddle.registry.testing.TestRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many threads set, delete and roll back the same names and archive what they mean. What was
 * acknowledged, put in the order of the revisions, has to be what one thread could have done.
 */
class AliasModelTest {
  private static final int THREADS = 6;
  private static final int CHANGES = 60;
  private static final int VERSIONS = 8;
  private static final String ADAPTER = "model";

  @TempDir private static Path folder;
  private static TestRegistry registry;
  private static UUID tenant;

  private enum Kind {
    PUT,
    DELETE,
    ROLLBACK
  }

  /** A change that was acknowledged. */
  private record Done(
      Kind kind, @Nullable Long expected, Map<String, Integer> asked, Alias after, long began) {}

  /** What one round's threads share. */
  private record Round(
      String adapter,
      List<String> names,
      List<List<Done>> done,
      Map<Integer, AtomicLong> archivedAt) {}

  @BeforeAll
  static void open() {
    registry = TestRegistry.in(folder);
    tenant = registry.tenant.id();
  }

  @AfterAll
  static void close() {
    registry.close();
  }

  @RepeatedTest(3)
  void what_many_do_at_once_one_could_have_done() throws Exception {
    long seed = System.nanoTime();
    Round round = prepare(seed);
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> threads = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        Random random = new Random(seed + t);
        threads.add(
            executor.submit(() -> {
              for (int i = 0; i < CHANGES; i++) {
                change(round, random);
              }
            }));
      }
      for (Future<?> thread : threads) {
        thread.get();
      }
    }
    for (int i = 0; i < round.names().size(); i++) {
      check("seed " + seed, round, round.names().get(i), round.done().get(i));
    }
  }

  /** An adapter with ready versions, its own name and two free ones. */
  private static Round prepare(long seed) {
    String adapter = ADAPTER + "-" + seed;
    Map<Integer, AtomicLong> archivedAt = new HashMap<>();
    for (int number = 1; number <= VERSIONS; number++) {
      registry.ready(registry.tenant, adapter, 1);
      archivedAt.put(number, new AtomicLong(Long.MAX_VALUE));
    }
    List<String> names = List.of(adapter, "x-" + seed, "y-" + seed);
    List<List<Done>> done = new ArrayList<>();
    names.forEach(name -> done.add(new ArrayList<>()));
    return new Round(adapter, names, done, archivedAt);
  }

  private static void change(Round round, Random random) {
    if (random.nextInt(30) == 0) {
      archive(round, 1 + random.nextInt(VERSIONS));
      return;
    }
    int pick = random.nextInt(round.names().size());
    String name = round.names().get(pick);
    Long expected = random.nextBoolean() ? revision(name) : null;
    Kind kind = Kind.values()[Math.max(0, random.nextInt(5) - 2)];
    Map<String, Integer> asked = kind == Kind.PUT ? targets(round, random) : Map.of();
    long began = System.nanoTime();
    Alias after = attempt(kind, name, asked, expected);
    if (after != null) {
      List<Done> done = round.done().get(pick);
      synchronized (done) {
        done.add(new Done(kind, expected, asked, after, began));
      }
    }
  }

  private static Map<String, Integer> targets(Round round, Random random) {
    Map<String, Integer> targets = new HashMap<>();
    for (int i = 0; i <= random.nextInt(3); i++) {
      targets.put(round.adapter() + "@" + (1 + random.nextInt(VERSIONS)), 1 + random.nextInt(9));
    }
    return targets;
  }

  private static void archive(Round round, int number) {
    try {
      registry.versions.archive(TestRegistry.ACTOR, tenant, round.adapter(), number);
      long now = System.nanoTime();
      Objects.requireNonNull(round.archivedAt().get(number)).accumulateAndGet(now, Math::min);
    } catch (ConflictException e) {
      assertThat(e.code()).isEqualTo("version-published");
    }
  }

  private static long revision(String name) {
    return registry.aliases.find(tenant, name).map(Alias::revision).orElse(0L);
  }

  /** Null if it was refused. */
  private static @Nullable Alias attempt(
      Kind kind, String name, Map<String, Integer> asked, @Nullable Long expected) {
    try {
      return switch (kind) {
        case PUT ->
            registry.aliases.put(TestRegistry.ACTOR, tenant, name, given(asked), expected).alias();
        case DELETE -> registry.aliases.delete(TestRegistry.ACTOR, tenant, name, expected);
        case ROLLBACK ->
            registry.aliases.rollback(TestRegistry.ACTOR, tenant, name, null, expected);
      };
    } catch (ConflictException e) {
      assertThat(e.code()).isIn("version-not-ready", "nothing-before");
      return null;
    } catch (PreconditionException e) {
      assertThat(expected).isNotNull();
      return null;
    } catch (NotFoundException e) {
      assertThat(kind).isNotEqualTo(Kind.PUT);
      return null;
    }
  }

  private static void check(String seed, Round round, String name, List<Done> done) {
    String as = seed + " " + name;
    List<AliasRevision> history = history(name);
    assertThat(history.stream().map(AliasRevision::revision))
        .as(as)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, history.size()).boxed().toList());
    Alias now = registry.aliases.get(tenant, name);
    assertThat(now.revision()).as(as).isEqualTo(history.size());
    assertThat(now.targets()).as(as).isEqualTo(history.getLast().targets());
    for (AliasTarget target : now.targets()) {
      assertThat(registry.versions.get(tenant, target.adapter(), target.number()).state())
          .as(as)
          .isEqualTo(VersionState.READY);
    }
    assertEachRevisionWasAsked(as, name.equals(round.adapter()), history, done);
    for (Done change : done) {
      assertAcknowledged(as, round, history, change);
    }
  }

  /** No revision but those that somebody was told of; whoever stated one got the next. */
  private static void assertEachRevisionWasAsked(
      String as, boolean own, List<AliasRevision> history, List<Done> done) {
    Map<Long, Long> changes =
        done.stream()
            .collect(Collectors.groupingBy(d -> d.after().revision(), Collectors.counting()));
    for (AliasRevision entry : history) {
      if (!own || entry.revision() > 1) { // an adapter's name is there before anybody sets it
        assertThat(changes).as(as).containsKey(entry.revision());
      }
    }
    Map<Long, Integer> firsts = new HashMap<>();
    for (Done change : done) {
      Long expected = change.expected();
      if (expected != null) {
        long steps = change.after().revision() - expected;
        assertThat(steps).as("%s: a stated revision, or the next", as).isBetween(0L, 1L);
        assertThat(firsts.merge(expected, (int) steps, Integer::sum))
            .as("%s: of those who state one revision a single one changes it", as)
            .isLessThanOrEqualTo(1);
      }
    }
  }

  private static void assertAcknowledged(
      String as, Round round, List<AliasRevision> history, Done change) {
    int index = (int) change.after().revision() - 1;
    AliasRevision entry = history.get(index);
    assertThat(change.after().targets()).as(as).isEqualTo(entry.targets());
    switch (change.kind()) {
      case PUT -> assertThat(weights(entry)).as(as).isEqualTo(change.asked());
      case DELETE -> assertThat(entry.targets()).as(as).isEmpty();
      case ROLLBACK -> {
        AliasRevision before = history.get(index - 1);
        AliasRevision expected = Objects.requireNonNull(back(history, before));
        assertThat(entry.targets()).as(as).isEqualTo(expected.targets());
        assertThat(entry.restores()).as(as).isEqualTo(root(expected));
      }
    }
    for (AliasTarget target : change.after().targets()) {
      long archived = Objects.requireNonNull(round.archivedAt().get(target.number())).get();
      assertThat(change.began())
          .as("%s: nothing is set to mean what was archived before", as)
          .isLessThan(archived);
    }
  }

  /** The model of a rollback: where it goes from {@code present}. */
  private static @Nullable AliasRevision back(List<AliasRevision> history, AliasRevision present) {
    for (int i = (int) root(present) - 2; i >= 0; i--) {
      AliasRevision entry = history.get(i);
      if (!entry.targets().isEmpty() && !entry.targets().equals(present.targets())) {
        return entry;
      }
    }
    return null;
  }

  private static long root(AliasRevision entry) {
    Long restores = entry.restores();
    return restores == null ? entry.revision() : restores;
  }

  /** All of it, the first entry first. */
  private static List<AliasRevision> history(String name) {
    List<AliasRevision> entries = new ArrayList<>();
    @Nullable String after = null;
    do {
      Page<AliasRevision> page =
          registry.aliases.history(tenant, name, new Page.Request(50, after));
      entries.addAll(page.items());
      after = page.next();
    } while (after != null);
    return entries.reversed();
  }

  private static Map<String, Integer> weights(AliasRevision entry) {
    return entry.targets().stream()
        .collect(Collectors.toMap(AliasTarget::label, AliasTarget::weight));
  }

  private static Map<VersionName, Integer> given(Map<String, Integer> targets) {
    return targets.entrySet().stream()
        .collect(
            Collectors.toMap(
                target -> VersionName.parse(target.getKey()).orElseThrow(), Map.Entry::getValue));
  }
}
