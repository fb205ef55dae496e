package dev.heddle.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HostCacheTest {
  private final Map<Digest, ExpertWeights> stored = new HashMap<>();
  private final AtomicInteger reads = new AtomicInteger();

  /** As a store would: views that end with the reader's arena. */
  private ExpertWeights read(Digest expert, Arena arena) throws IOException {
    reads.incrementAndGet();
    ExpertWeights weights = stored.get(expert);
    if (weights == null) {
      throw new NoSuchFileException(expert.hex());
    }
    return new ExpertWeights(
        mapped(weights.gate(), arena), mapped(weights.up(), arena), mapped(weights.down(), arena));
  }

  private static MatrixData mapped(MatrixData matrix, Arena arena) {
    MemorySegment memory = arena.allocate(matrix.data().byteSize());
    memory.copyFrom(matrix.data());
    return new MatrixData(matrix.dtype(), matrix.rows(), matrix.cols(), memory, matrix.rowStride());
  }

  @Test
  void an_expert_opened_again_comes_from_memory() throws IOException {
    Digest expert = expert(1, 8);
    try (HostCache cache = new HostCache(this::read, 1 << 20)) {
      for (int i = 0; i < 3; i++) {
        try (Arena arena = Arena.ofConfined()) {
          assertThat(Digests.expert(cache.open(expert, arena))).isEqualTo(expert);
        }
      }
      assertThat(reads).hasValue(1);
      assertThat(cache.stats()).isEqualTo(new HostCache.Stats(1 << 20, bytes(8), 1, 2, 1, 0, 0));
    }
  }

  @Test
  void the_longest_unused_leaves_for_another_and_what_is_read_stays() throws IOException {
    Digest first = expert(1, 8);
    Digest second = expert(2, 8);
    Digest third = expert(3, 8);
    try (HostCache cache = new HostCache(this::read, 2 * bytes(8));
        Arena reading = Arena.ofConfined()) {
      ExpertWeights held = cache.open(first, reading);
      touch(cache, second);
      touch(cache, third); // second leaves: first is older, but read
      assertThat(cache.stats().evictions()).isEqualTo(1);
      touch(cache, first);
      touch(cache, third);
      assertThat(reads).hasValue(3);
      assertThat(Digests.expert(held)).isEqualTo(first);
    }
  }

  @Test
  void what_does_not_fit_is_read_where_it_is_stored() throws IOException {
    Digest small = expert(1, 4);
    Digest large = expert(2, 32);
    try (HostCache cache = new HostCache(this::read, bytes(4))) {
      touch(cache, small);
      touch(cache, large);
      touch(cache, small);
      assertThat(cache.stats()).isEqualTo(new HostCache.Stats(bytes(4), bytes(4), 1, 1, 1, 1, 0));
    }
    try (HostCache none = new HostCache(this::read, 0)) {
      touch(none, small);
      assertThat(none.stats().bypassed()).isEqualTo(1);
    }
  }

  @Test
  void nobody_leaves_for_what_does_not_fit_anyway() throws IOException {
    Digest held = expert(1, 8);
    Digest idle = expert(2, 4);
    Digest large = expert(3, 8);
    try (HostCache cache = new HostCache(this::read, bytes(8) + bytes(4));
        Arena reading = Arena.ofConfined()) {
      cache.open(held, reading);
      touch(cache, idle);
      touch(cache, large); // beside what is read there is room for the idle one alone
      touch(cache, idle);
      assertThat(reads).hasValue(3);
      assertThat(cache.stats().evictions()).isZero();
      assertThat(cache.stats().bypassed()).isEqualTo(1);
    }
  }

  @Test
  void a_damaged_expert_is_never_kept_and_a_copy_outlives_damage_of_what_is_stored()
      throws IOException {
    Digest expert = expert(1, 8);
    boolean[] damaged = {true};
    ExpertReader store =
        (digest, arena) -> {
          if (damaged[0]) {
            throw new DamagedBlobException("flipped");
          }
          return read(digest, arena);
        };
    try (HostCache cache = new HostCache(store, 1 << 20)) {
      assertThatThrownBy(() -> touch(cache, expert)).isInstanceOf(DamagedBlobException.class);
      assertThat(cache.stats().experts()).isZero();
      damaged[0] = false;
      assertThat(touch(cache, expert)).isEqualTo(expert);
      damaged[0] = true;
      assertThat(touch(cache, expert)).isEqualTo(expert);
    }
  }

  @Test
  void a_failed_read_is_told_and_leaves_no_trace() throws IOException {
    Digest expert = expert(1, 8);
    ExpertWeights weights = stored.remove(expert);
    try (HostCache cache = new HostCache(this::read, 1 << 20)) {
      assertThatThrownBy(() -> touch(cache, expert)).isInstanceOf(NoSuchFileException.class);
      assertThat(cache.stats().experts()).isZero();
      stored.put(expert, weights);
      touch(cache, expert);
      assertThat(cache.stats().experts()).isEqualTo(1);
      Arena closed = Arena.ofConfined();
      closed.close();
      assertThatThrownBy(() -> cache.open(expert, closed))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void who_opens_an_expert_while_it_is_read_waits_for_it_and_reads_nothing() throws Exception {
    Digest expert = expert(1, 8);
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ExpertReader slow =
        (digest, arena) -> {
          reading.countDown();
          await(go);
          return read(digest, arena);
        };
    try (HostCache cache = new HostCache(slow, 1 << 20);
        ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<Digest>> all =
          IntStream.range(0, 4).mapToObj(i -> executor.submit(() -> touch(cache, expert))).toList();
      reading.await();
      go.countDown();
      for (Future<Digest> one : all) {
        assertThat(one.get()).isEqualTo(expert);
      }
      assertThat(reads).hasValue(1);
      assertThat(cache.stats().hits()).isEqualTo(3);
    }
  }

  @Test
  void readers_outlive_the_cache_and_its_memory_goes_with_the_last() throws IOException {
    Digest expert = expert(1, 8);
    HostCache cache = new HostCache(this::read, 1 << 20);
    try (Arena arena = Arena.ofConfined()) {
      ExpertWeights weights = cache.open(expert, arena);
      cache.close();
      assertThat(cache.stats().bytes()).isEqualTo(bytes(8));
      assertThat(Digests.expert(weights)).isEqualTo(expert);
      assertThat(touch(cache, expert)).isEqualTo(expert);
    }
    assertThat(cache.stats().bytes()).isZero();
  }

  @Test
  void whatever_is_opened_and_closed_views_stay_right_and_the_budget_is_kept() throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      simulate(seed);
    }
  }

  private record View(Digest expert, ExpertWeights weights, Arena arena) {}

  private void simulate(int seed) throws IOException {
    Random random = new Random(seed);
    List<Digest> experts = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      experts.add(expert(100L * seed + i, 1 + random.nextInt(8)));
    }
    long budget = bytes(8) * (1 + random.nextInt(5));
    List<View> open = new ArrayList<>();
    HostCache cache = new HostCache(this::read, budget);
    for (int step = 0; step < 400; step++) {
      if (open.isEmpty() || (open.size() < 8 && random.nextBoolean())) {
        Digest expert = experts.get(random.nextInt(experts.size()));
        Arena arena = random.nextBoolean() ? Arena.ofConfined() : Arena.ofShared();
        open.add(new View(expert, cache.open(expert, arena), arena));
      } else {
        open.remove(random.nextInt(open.size())).arena().close();
      }
      assertThat(cache.stats().bytes()).as("seed %d step %d", seed, step).isBetween(0L, budget);
      for (View view : open) {
        assertThat(Digests.expert(view.weights()))
            .as("seed %d step %d", seed, step)
            .isEqualTo(view.expert());
      }
    }
    if (random.nextBoolean()) {
      cache.close();
    }
    open.forEach(view -> view.arena().close());
    cache.close();
    assertThat(cache.stats().bytes()).as("seed %d", seed).isZero();
  }

  @Test
  void threads_that_open_and_close_at_once_always_read_what_they_asked_for() throws Exception {
    List<Digest> experts = IntStream.range(0, 16).mapToObj(i -> expert(i, 16)).toList();
    HostCache cache = new HostCache(this::read, 5 * bytes(16));
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      List<Future<?>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        Random random = new Random(t);
        all.add(
            executor.submit(() -> {
              for (int i = 0; i < 1000; i++) {
                Digest expert = experts.get(random.nextInt(experts.size()));
                assertThat(touch(cache, expert)).isEqualTo(expert);
                assertThat(cache.stats().bytes()).isLessThanOrEqualTo(5 * bytes(16));
              }
              return null;
            }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    HostCache.Stats stats = cache.stats();
    assertThat(stats.hits() + stats.misses() + stats.bypassed()).isEqualTo(4000);
    cache.close();
    assertThat(cache.stats().bytes()).isZero();
  }

  /** Opens, reads, and closes. */
  private static Digest touch(HostCache cache, Digest expert) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return Digests.expert(cache.open(expert, arena));
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long bytes(int width) {
    return 3L * width * 16 * DType.BF16.bytes();
  }

  private Digest expert(long seed, int width) {
    Random random = new Random(seed);
    ExpertWeights weights =
        new ExpertWeights(
            matrix(random, width, 16), matrix(random, width, 16), matrix(random, 16, width));
    Digest digest = Digests.expert(weights);
    stored.put(digest, weights);
    return digest;
  }

  private static MatrixData matrix(Random random, int rows, int cols) {
    byte[] bytes = new byte[rows * cols * DType.BF16.bytes()];
    random.nextBytes(bytes);
    return MatrixData.dense(DType.BF16, rows, cols, MemorySegment.ofArray(bytes));
  }
}
