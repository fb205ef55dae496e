package dev.heddle.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.TunedExpert;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every expert store has to keep; extend it with how to open one. */
public abstract class ExpertStoreContract {
  private static final ExpertStore.Liveness NOTHING = digests -> Set.of();

  private ExpertStore store;

  /** A store; opened again after a close, it has what it had. */
  protected abstract ExpertStore openStore();

  /** Changes a blob's bytes where it is kept, behind the store's back; to null: takes it away. */
  protected abstract void damage(String path, UnaryOperator<byte @Nullable []> change)
      throws IOException;

  /** Where damaged blobs of the store were set aside; names alone. */
  protected abstract List<String> quarantine() throws IOException;

  /** What the store is opened with. */
  protected final List<DamageListener.Damage> found = new CopyOnWriteArrayList<>();

  @BeforeEach
  final void openIt() {
    store = openStore();
  }

  @AfterEach
  final void closeIt() {
    store.close();
  }

  @Test
  void an_expert_reads_back_bit_for_bit_whatever_its_layout() throws IOException {
    Random random = new Random(1);
    for (DType dtype : DType.values()) {
      for (int[] shape : new int[][] {{1, 1}, {3, 5}, {16, 32}, {7, 130}}) {
        ExpertWeights dense = dense(random, dtype, shape[0], shape[1]);
        ExpertWeights sliced = sliced(random, dtype, shape[0], shape[1]);
        for (ExpertWeights weights : List.of(dense, sliced)) {
          Digest digest = put(weights);
          store.verify(BlobKind.EXPERT, digest);
          try (Arena arena = Arena.ofConfined()) {
            ExpertWeights read = store.open(digest, arena);
            assertThat(Digests.expert(read)).isEqualTo(digest);
            assertThat(read.gate().rows()).isEqualTo(shape[0]);
            assertThat(read.gate().cols()).isEqualTo(shape[1]);
            assertThat(read.down().rows()).isEqualTo(shape[1]);
            assertThat(read.gate().dtype()).isEqualTo(dtype);
          }
        }
      }
    }
  }

  @Test
  void a_manifest_reads_back() throws IOException {
    AdapterManifest manifest = manifest(3);
    try (ExpertStore.Writing writing = store.begin()) {
      writing.put(manifest);
    }
    assertThat(store.manifest(manifest.digest())).isEqualTo(manifest);
    assertThat(store.contains(manifest.digest())).isTrue();
  }

  @Test
  void what_is_not_there_is_said_so() {
    Digest none = manifest(9).digest();
    assertThat(store.contains(none)).isFalse();
    assertThatThrownBy(() -> store.open(none, Arena.ofAuto()))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> store.manifest(none)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> store.verify(BlobKind.EXPERT, none)).isInstanceOf(IOException.class);
  }

  @Test
  void a_store_opened_again_has_what_it_had() throws IOException {
    Digest digest = put(random(4));
    store.close();
    store = openStore();
    store.verify(BlobKind.EXPERT, digest);
  }

  @Test
  void a_damaged_blob_is_never_read_is_set_aside_and_can_be_put_again() throws IOException {
    ExpertWeights weights = random(20);
    Digest expert = Digests.expert(weights);
    AdapterManifest manifest = manifest(21);
    MemorySegment document = bytes(new Random(22), 3000);
    Digest sha256 = Digests.bytes(document);
    Map<BlobKind, Digest> blobs = new EnumMap<>(BlobKind.class);
    blobs.put(BlobKind.EXPERT, expert);
    blobs.put(BlobKind.MANIFEST, manifest.digest());
    blobs.put(BlobKind.DOCUMENT, sha256);
    List<UnaryOperator<byte @Nullable []>> damages =
        List.of(
            whole -> flipped(whole, 100),
            whole -> flipped(whole, whole.length - 1),
            whole -> Arrays.copyOf(whole, whole.length - 1),
            whole -> Arrays.copyOf(whole, whole.length / 2),
            whole -> new byte[0],
            whole -> Arrays.copyOf(whole, whole.length + 1));
    for (UnaryOperator<byte @Nullable []> damage : damages) {
      for (Map.Entry<BlobKind, Digest> blob : blobs.entrySet()) {
        found.clear();
        try (ExpertStore.Writing writing = store.begin()) {
          writing.put(expert, weights);
          writing.put(manifest);
          writing.put(sha256, document);
        }
        damage(blob.getKey().path(blob.getValue()), damage);
        assertThatThrownBy(() -> read(blob.getKey(), blob.getValue()))
            .isInstanceOf(DamagedBlobException.class);
        assertThat(found)
            .singleElement()
            .satisfies(one -> assertThat(one.digest()).isEqualTo(blob.getValue()))
            .satisfies(one -> assertThat(one.kind()).isEqualTo(blob.getKey()));
        assertThat(quarantine())
            .anyMatch(name -> name.startsWith(blob.getValue().hex() + ".damaged-"));
        assertThatThrownBy(() -> read(blob.getKey(), blob.getValue()))
            .isInstanceOf(NoSuchFileException.class);
      }
    }
  }

  @Test
  void a_blob_that_is_damaged_or_gone_is_written_when_it_is_put_again() throws IOException {
    ExpertWeights weights = random(23);
    Digest expert = put(weights);
    String path = BlobKind.EXPERT.path(expert);
    List<UnaryOperator<byte @Nullable []>> damages =
        List.of(
            whole -> flipped(whole, 100),
            whole -> Arrays.copyOf(whole, whole.length + 1),
            whole -> null);
    for (UnaryOperator<byte @Nullable []> damage : damages) {
      damage(path, damage);
      put(weights); // nobody has read it since
      assertThat(store.verify(BlobKind.EXPERT, expert)).isEqualTo(64 + 3 * 8 * 16 * 2);
      read(BlobKind.EXPERT, expert);
    }
    assertThat(found).hasSize(2);
    damage(path, whole -> flipped(whole, 200));
    assertThatThrownBy(() -> store.verify(BlobKind.EXPERT, expert)).isInstanceOf(IOException.class);
  }

  private void read(BlobKind kind, Digest digest) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      switch (kind) {
        case EXPERT -> assertThat(Digests.expert(store.open(digest, arena))).isEqualTo(digest);
        case MANIFEST -> store.manifest(digest);
        case DOCUMENT -> store.document(digest, arena);
      }
    }
  }

  private static byte[] flipped(byte[] whole, int at) {
    byte[] damaged = whole.clone();
    damaged[at] ^= 0x40;
    return damaged;
  }

  @Test
  void what_is_not_live_is_collected() throws IOException {
    Digest live = put(random(5));
    Digest dead = put(random(6));
    ExpertStore.Collected first = store.collect(digests -> Set.of(live));
    assertThat(first.removed()).isEqualTo(1);
    assertThat(first.kept()).isEqualTo(1);
    assertThat(first.removedBytes()).isEqualTo(first.keptBytes()).isPositive();
    assertThat(store.contains(live)).isTrue();
    assertThat(store.contains(dead)).isFalse();
    assertThatThrownBy(() -> store.open(dead, Arena.ofAuto()))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(store.collect(digests -> Set.of(live)).removed()).isZero();
  }

  @Test
  void what_a_writing_put_is_kept_until_the_collection_after_it_closed() throws IOException {
    ExpertWeights weights = random(7);
    Digest there = put(weights);
    ExpertStore.Writing writing = store.begin();
    writing.put(there, weights); // there already, and dead but for this writing
    assertThat(store.collect(NOTHING).removed()).isZero();
    // The writing ends after the collection has asked what is live.
    ExpertStore.Collected during =
        store.collect(digests -> {
          writing.close();
          return Set.of();
        });
    assertThat(during.removed()).isZero();
    assertThat(store.collect(NOTHING).removed()).isEqualTo(1);
  }

  @Test
  void what_is_held_is_kept_until_the_collection_after_the_hold() throws IOException {
    Digest held = put(random(8));
    Digest other = put(random(9));
    ExpertStore.Hold hold = store.hold(List.of(held, held));
    assertThat(store.collect(NOTHING).removed()).isEqualTo(1);
    assertThat(store.contains(other)).isFalse();
    store.verify(BlobKind.EXPERT, held);
    hold.close();
    hold.close();
    assertThat(store.collect(NOTHING).removed()).isEqualTo(1);
    assertThat(store.contains(held)).isFalse();
  }

  @Test
  void a_document_reads_back_and_is_collected_like_the_rest() throws IOException {
    for (int size : new int[] {0, 1, 70_000}) {
      MemorySegment bytes = bytes(new Random(size), size);
      Digest sha256 = Digests.bytes(bytes);
      try (ExpertStore.Writing writing = store.begin()) {
        writing.put(sha256, bytes);
        writing.put(sha256, bytes);
      }
      try (Arena arena = Arena.ofConfined()) {
        assertThat(store.document(sha256, arena).mismatch(bytes)).isEqualTo(-1);
      }
      assertThat(store.collect(digests -> digests).removed()).isZero();
      assertThat(store.collect(NOTHING).removed()).isEqualTo(1);
      assertThatThrownBy(() -> store.document(sha256, Arena.ofAuto()))
          .isInstanceOf(NoSuchFileException.class);
    }
  }

  @Test
  void an_expert_that_cannot_be_read_to_its_end_leaves_nothing_and_can_be_put_again()
      throws IOException {
    ExpertWeights whole = random(10);
    Digest digest = Digests.expert(whole);
    Arena gone = Arena.ofConfined();
    MatrixData cut =
        MatrixData.dense(DType.BF16, 16, 8, gone.allocate(16L * 8 * DType.BF16.bytes()));
    gone.close();
    try (ExpertStore.Writing writing = store.begin()) {
      assertThatThrownBy(
              () -> writing.put(digest, new ExpertWeights(whole.gate(), whole.up(), cut)))
          .isInstanceOf(Exception.class);
    }
    assertThat(store.contains(digest)).isFalse();
    assertThat(store.collect(NOTHING)).isEqualTo(new ExpertStore.Collected(0, 0, 0, 0));
    put(whole);
    store.verify(BlobKind.EXPERT, digest);
  }

  @Test
  void many_put_and_open_the_same_expert_at_once() throws Exception {
    ExpertWeights weights = dense(new Random(11), DType.F32, 64, 96);
    Digest digest = Digests.expert(weights);
    try (ExecutorService executor = Executors.newFixedThreadPool(6)) {
      List<Future<Digest>> all =
          IntStream.range(0, 12)
              .mapToObj(i ->
                  executor.submit(() -> {
                    put(weights);
                    try (Arena arena = Arena.ofConfined()) {
                      return Digests.expert(store.open(digest, arena));
                    }
                  }))
              .toList();
      for (Future<Digest> one : all) {
        assertThat(one.get()).isEqualTo(digest);
      }
    }
    assertThat(store.collect(NOTHING).removed()).isEqualTo(1);
  }

  @Test
  void collections_beside_writings_never_take_what_became_live() throws Exception {
    Set<Digest> live = new HashSet<>();
    List<ExpertWeights> experts = IntStream.range(0, 6).mapToObj(i -> random(100 + i)).toList();
    try (ExecutorService executor = Executors.newFixedThreadPool(3)) {
      List<Future<?>> writers =
          IntStream.range(0, 2)
              .<Future<?>>mapToObj(w -> executor.submit(() -> writeAndDrop(experts, live, w)))
              .toList();
      while (writers.stream().anyMatch(writer -> !writer.isDone())) {
        store.collect(digests -> copy(live));
      }
      for (Future<?> writer : writers) {
        writer.get();
      }
    }
  }

  /** Puts experts, makes them live, finds them there, and lets them die again. */
  private void writeAndDrop(List<ExpertWeights> experts, Set<Digest> live, int writer) {
    Random random = new Random(writer);
    try {
      for (int i = 0; i < 100; i++) {
        ExpertWeights weights = experts.get(2 * random.nextInt(experts.size() / 2) + writer);
        Digest digest = Digests.expert(weights);
        try (ExpertStore.Writing writing = store.begin()) {
          writing.put(digest, weights);
          synchronized (live) {
            live.add(digest);
          }
        }
        store.verify(BlobKind.EXPERT, digest);
        synchronized (live) {
          live.remove(digest);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<Digest> copy(Set<Digest> live) {
    synchronized (live) {
      return Set.copyOf(live);
    }
  }

  private Digest put(ExpertWeights weights) throws IOException {
    Digest digest = Digests.expert(weights);
    try (ExpertStore.Writing writing = store.begin()) {
      long bytes = writing.put(digest, weights);
      assertThat(bytes)
          .isEqualTo(
              3L * weights.gate().rows() * weights.gate().cols() * weights.gate().dtype().bytes());
    }
    return digest;
  }

  private static ExpertWeights random(int seed) {
    return dense(new Random(seed), DType.BF16, 8, 16);
  }

  private static ExpertWeights dense(Random random, DType dtype, int i, int h) {
    return new ExpertWeights(
        MatrixData.dense(dtype, i, h, bytes(random, (long) i * h * dtype.bytes())),
        MatrixData.dense(dtype, i, h, bytes(random, (long) i * h * dtype.bytes())),
        MatrixData.dense(dtype, h, i, bytes(random, (long) i * h * dtype.bytes())));
  }

  /** As an expert lies in a shared MLP three times as wide. */
  private static ExpertWeights sliced(Random random, DType dtype, int i, int h) {
    ExpertWeights wide = dense(random, dtype, 3 * i, h);
    return new ExpertWeights(
        wide.gate().rowSlice(i, 2 * i),
        wide.up().rowSlice(i, 2 * i),
        wide.down().columnSlice(i, 2 * i));
  }

  private static MemorySegment bytes(Random random, long count) {
    byte[] bytes = new byte[Math.toIntExact(count)];
    random.nextBytes(bytes);
    return MemorySegment.ofArray(bytes);
  }

  private static AdapterManifest manifest(int seed) {
    Digest some = Digests.expert(random(seed));
    return AdapterManifest.of(
        some, List.of(new TunedExpert(2, 1, some), new TunedExpert(1, 30, some)), 768);
  }
}
