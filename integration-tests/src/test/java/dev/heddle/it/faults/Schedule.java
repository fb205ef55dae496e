package dev.heddle.it.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Faults one after the other, sometimes two at once, in an order and for times that a seed draws;
 * after each the {@link Invariants}.
 *
 * @param shortest a fault lasts so long at least
 * @param longest and so long at most
 * @param idle how many connections are idle, when that is the fault
 * @param pairs how often of ten times two faults come together
 */
record Schedule(long seed, Duration shortest, Duration longest, int idle, int pairs) {
  private static final PrintStream OUT = new PrintStream(System.out, true, UTF_8);

  private List<Fault> faults() {
    Stream<Fault> bucket =
        Stream.of(BucketProxy.Way.values())
            .filter(way -> way != BucketProxy.Way.STRAIGHT)
            .map(BucketBent::new);
    return new ArrayList<>(
        Stream.concat(
                Stream.of(
                    new Kill(),
                    new DatabaseAway(),
                    new DatabaseSlow(),
                    new DatabaseSilent(),
                    new DatabaseReadOnly(),
                    new DatabaseCut(),
                    new DiskFull(),
                    new ClockSet(Duration.ofHours(1)),
                    new ClockSet(Duration.ofHours(-1)),
                    new SlowReaders(8),
                    new IdleConnections(idle),
                    new HalfRequests(24),
                    new Overload()),
                bucket)
            .toList());
  }

  /**
   * Runs it on a new platform.
   *
   * @param most so many faults at most, after one another
   * @param end no fault begins after this long
   */
  void run(Path work, int most, Duration end) throws Exception {
    OUT.printf("faults: -Dheddle.faults.seed=%d%n", seed);
    Random random = new Random(seed);
    try (Place place = new Place(work)) {
      List<String> adapters = List.of("intent", "redact", "german");
      adapters.forEach(place.platform()::publish);
      Usage usage = new Usage();
      List<Lane> lanes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        AnswersLane answers = new AnswersLane(place, usage, List.of("base", "intent", "redact"));
        answers.begin();
        lanes.add(answers);
      }
      GrantsLane grants = new GrantsLane(place.client(), "intent", "redact");
      grants.begin();
      VersionsLane versions = new VersionsLane(place.client());
      lanes.addAll(List.of(grants, versions, new KeysLane(place.client())));
      try (Traffic traffic = new Traffic(place.client(), lanes)) {
        Invariants invariants = new Invariants(place, traffic, usage);
        long began = System.nanoTime();
        int count = 0;
        List<Fault> waiting = new ArrayList<>();
        while (count < most && System.nanoTime() - began < end.toNanos()) {
          List<Fault> now = draw(random, waiting, place);
          OUT.println(run(place, usage, invariants, now, length(random)));
          count++;
        }
        place
            .platform()
            .log()
            .lines()
            .filter(line -> line.contains(" ERROR "))
            .map(line -> line.replaceAll("^\\S+ +|[0-9a-f-]{8,}|\\d+", ""))
            .distinct()
            .forEach(line -> OUT.println("faults: logged " + line));
        OUT.printf(
            "faults: seed %d, %d faults, %d answers, %d versions%n",
            seed, count, usage.size(), versions.made());
      } catch (AssertionError e) {
        OUT.println(place.platform().log());
        throw new AssertionError("-Dheddle.faults.seed=" + seed + ": " + e.getMessage(), e);
      }
    }
  }

  /** The next fault of a shuffled list, and now and then another one with it. */
  private List<Fault> draw(Random random, List<Fault> waiting, Place place) {
    if (waiting.size() < 2) {
      List<Fault> all = faults();
      all.stream()
          .filter(fault -> !fault.isPossible(place))
          .forEach(fault -> OUT.println("faults: SKIPPED, this machine cannot: " + fault.name()));
      all.removeIf(fault -> !fault.isPossible(place));
      Collections.shuffle(all, random);
      waiting.addAll(all);
    }
    List<Fault> now = new ArrayList<>(List.of(waiting.removeFirst()));
    if (random.nextInt(10) < pairs) {
      now.add(waiting.removeFirst());
    }
    now.forEach(fault -> fault.draw(random));
    return now;
  }

  private Duration length(Random random) {
    return Duration.ofMillis(random.nextLong(shortest.toMillis(), longest.toMillis() + 1));
  }

  private static String run(
      Place place, Usage usage, Invariants invariants, List<Fault> faults, Duration length)
      throws Exception {
    String name = String.join(" and ", faults.stream().map(Fault::name).toList());
    boolean death = faults.stream().anyMatch(Fault::isDeath);
    OUT.printf("faults: %s for %.1f s%n", name, length.toMillis() / 1e3);
    place.client().mayBreak(death);
    for (Fault fault : faults) {
      fault.begin(place);
      if (fault.isDeath()) {
        usage.killed();
      }
    }
    TcpProxy.pause(length);
    for (Fault fault : faults.reversed()) {
      fault.end(place);
    }
    place.client().mayBreak(false);
    Duration recovered = invariants.awaitRecovery(name);
    invariants.check(name);
    return "faults: %s: recovered after %d ms".formatted(name, recovered.toMillis());
  }
}
