package dev.heddle.app.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.app.routing.AffinityRule.Candidate;
import dev.heddle.format.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fleet on paper: 3 replicas with room for 100 adapters each, 200 adapters that are asked for by
 * Zipf's law, answers of 10 s in the mean, and 30 in flight on each replica. Loads are known as of
 * the last heartbeat, so up to 2 s late.
 */
class AffinitySimulationTest {
  private static final Logger log = LoggerFactory.getLogger(AffinitySimulationTest.class);
  private static final int REPLICAS = 3;
  private static final int ADAPTERS = 200;
  private static final int ROOM = 100;
  private static final int REQUESTS = 20_000;
  private static final double ANSWER_SECONDS = 10;
  private static final double BEAT_SECONDS = 2;
  private static final double ARRIVALS_A_SECOND = 30 * REPLICAS / ANSWER_SECONDS;

  /**
   * What came of it.
   *
   * @param hits share of requests that found their adapter resident, after a fifth of them
   * @param peak of a replica's load over the mean, passed by one request in a hundred
   */
  private record Outcome(double hits, double peak) {}

  @Test
  void at_least_95_of_100_requests_find_their_adapter_resident() {
    for (int seed = 1; seed <= 5; seed++) {
      Random at = new Random(seed);
      Outcome ruled = run(seed, AffinityRule::choose);
      Outcome random = run(seed, (adapter, all) -> all.get(at.nextInt(REPLICAS)));
      log.info(
          "seed {}: {} % found their adapter resident, peak load {} of the mean;"
              + " sent anywhere, {} %, {}",
          seed,
          percent(ruled.hits()),
          percent(ruled.peak()) / 100,
          percent(random.hits()),
          percent(random.peak()) / 100);
      assertThat(ruled.hits()).isGreaterThanOrEqualTo(0.95);
      assertThat(ruled.peak()).isLessThan(1.5); // the bound, and what comes within a heartbeat
    }
  }

  private static double percent(double share) {
    return Math.round(share * 1000) / 10.0;
  }

  private static Outcome run(int seed, BiFunction<Digest, List<Candidate>, Candidate> rule) {
    Random random = new Random(seed);
    double[] shares = zipf();
    List<Digest> adapters = digests(random);
    int[] loads = new int[REPLICAS];
    List<Map<Integer, Boolean>> resident = caches();
    PriorityQueue<double[]> ends = new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));
    List<Candidate> published = published(loads);
    double now = 0;
    double beat = BEAT_SECONDS;
    int hits = 0;
    List<Double> peaks = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      now += exponential(random) / ARRIVALS_A_SECOND;
      while (!ends.isEmpty() && ends.peek()[0] <= now) {
        loads[(int) ends.remove()[1]]--;
      }
      for (; beat <= now; beat += BEAT_SECONDS) {
        published = published(loads);
      }
      int adapter = drawn(shares, random);
      int chosen = published.indexOf(rule.apply(adapters.get(adapter), published));
      boolean hit = resident.get(chosen).put(adapter, true) != null;
      loads[chosen]++;
      ends.add(new double[] {now + exponential(random) * ANSWER_SECONDS, chosen});
      if (i >= REQUESTS / 5) {
        hits += hit ? 1 : 0;
        peaks.add((double) loads[chosen] * REPLICAS / Arrays.stream(loads).sum());
      }
    }
    peaks.sort(null);
    return new Outcome(hits / (double) peaks.size(), peaks.get((int) (peaks.size() * 0.99)));
  }

  private static List<Candidate> published(int[] loads) {
    List<Candidate> all = new ArrayList<>();
    for (int i = 0; i < loads.length; i++) {
      all.add(new Candidate(new UUID(7, i), loads[i]));
    }
    return all;
  }

  /** The least recently used adapter leaves first. */
  private static List<Map<Integer, Boolean>> caches() {
    List<Map<Integer, Boolean>> caches = new ArrayList<>();
    for (int i = 0; i < REPLICAS; i++) {
      caches.add(
          new LinkedHashMap<>(ROOM, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Boolean> eldest) {
              return size() > ROOM;
            }
          });
    }
    return caches;
  }

  private static List<Digest> digests(Random random) {
    List<Digest> digests = new ArrayList<>();
    for (int i = 0; i < ADAPTERS; i++) {
      byte[] bytes = new byte[32];
      random.nextBytes(bytes);
      digests.add(Digest.of(bytes));
    }
    return digests;
  }

  /**
   * Shares of the demand, added up: the adapter at place i is asked for 1/i as often as the first.
   */
  private static double[] zipf() {
    double[] sums = new double[ADAPTERS];
    double sum = 0;
    for (int i = 0; i < ADAPTERS; i++) {
      sum += 1.0 / (i + 1);
      sums[i] = sum;
    }
    return sums;
  }

  private static int drawn(double[] sums, Random random) {
    int place = Arrays.binarySearch(sums, random.nextDouble() * sums[sums.length - 1]);
    return place < 0 ? -place - 1 : place;
  }

  private static double exponential(Random random) {
    return -Math.log(1 - random.nextDouble());
  }
}
