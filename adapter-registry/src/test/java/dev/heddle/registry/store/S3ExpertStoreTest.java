package dev.heddle.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.registry.UnavailableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.MetadataDirective;

class S3ExpertStoreTest extends ExpertStoreContract {
  private static final UUID INSTALLATION = new UUID(0, 1);
  private static final ExpertStore.Liveness NOTHING = digests -> Set.of();
  private static S3Server server;

  @TempDir private Path folder;
  private S3Settings settings;

  @BeforeAll
  static void start() {
    server = S3Server.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected ExpertStore openStore() {
    if (settings == null) {
      settings = server.bucket(Duration.ZERO);
    }
    return new S3ExpertStore(
        settings, folder.resolve("cache"), 1 << 20, INSTALLATION, Instant::now, found::add);
  }

  @Override
  protected void damage(String path, UnaryOperator<byte @Nullable []> change) throws IOException {
    change(settings, path, change);
    Files.deleteIfExists(folder.resolve("cache").resolve(path)); // or it would be read from there
  }

  private static void change(
      S3Settings bucket, String path, UnaryOperator<byte @Nullable []> change) {
    String key = bucket.key(path);
    try (S3Client client = server.client()) {
      byte[] bytes = client.getObjectAsBytes(r -> r.bucket(bucket.bucket()).key(key)).asByteArray();
      byte[] changed = change.apply(bytes);
      if (changed == null) {
        client.deleteObject(r -> r.bucket(bucket.bucket()).key(key));
      } else {
        client.putObject(r -> r.bucket(bucket.bucket()).key(key), RequestBody.fromBytes(changed));
      }
    }
  }

  @Override
  protected List<String> quarantine() {
    String prefix = settings.key("quarantine/");
    try (S3Client client = server.client()) {
      return client
          .listObjectsV2(r -> r.bucket(settings.bucket()).prefix(prefix))
          .contents()
          .stream()
          .map(object -> object.key().substring(prefix.length()))
          .toList();
    }
  }

  private static S3ExpertStore open(
      S3Settings settings, Path cache, long bytes, InstantSource clock) {
    return new S3ExpertStore(settings, cache, bytes, INSTALLATION, clock, DamageListener.NONE);
  }

  @Test
  void a_bucket_of_another_installation_is_refused() {
    S3Settings bucket = server.bucket(Duration.ZERO);
    open(bucket, folder.resolve("a"), 1000, Instant::now).close();
    UUID other = new UUID(0, 2);
    for (int i = 0; i < 2; i++) { // refusing holds nothing
      assertThatThrownBy(() ->
              new S3ExpertStore(
                  bucket, folder.resolve("a"), 1000, other, Instant::now, DamageListener.NONE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(INSTALLATION.toString())
          .hasMessageContaining("s3://" + bucket.bucket() + "/some/prefix");
    }
    open(bucket, folder.resolve("a"), 1000, Instant::now).close();
  }

  @Test
  void a_large_expert_goes_in_parts_and_parts_that_nobody_finished_are_given_up()
      throws IOException {
    S3Settings bucket = server.bucket(Duration.ZERO);
    ExpertWeights large = weights(1, 1024, 2048); // 12 MiB in parts of 5
    Digest digest = Digests.expert(large);
    Instant later = Instant.now().plus(Duration.ofDays(2));
    try (S3ExpertStore store = open(bucket, folder.resolve("b"), 1 << 20, () -> later);
        S3Client client = server.client()) {
      put(store, digest, large);
      String key = "some/prefix/" + BlobKind.EXPERT.path(digest);
      assertThat(client.headObject(r -> r.bucket(bucket.bucket()).key(key)).eTag())
          .endsWith("-3\"");
      store.verify(BlobKind.EXPERT, digest);
      String begun =
          client.createMultipartUpload(r -> r.bucket(bucket.bucket()).key(key)).uploadId();
      store.collect(digests -> digests);
      assertThat(client.listMultipartUploads(r -> r.bucket(bucket.bucket())).uploads())
          .extracting(upload -> upload.uploadId())
          .doesNotContain(begun);
    }
  }

  @Test
  void what_is_young_is_not_collected_and_finding_it_there_makes_it_young_again()
      throws IOException {
    S3Settings bucket = server.bucket(Duration.ofHours(1));
    ExpertWeights weights = weights(2, 8, 16);
    Digest digest = Digests.expert(weights);
    Instant[] now = {Instant.now()};
    try (S3ExpertStore store = open(bucket, folder.resolve("c"), 1 << 20, () -> now[0])) {
      put(store, digest, weights);
      assertThat(store.collect(NOTHING).removed()).isZero();
      now[0] = now[0].plus(Duration.ofMinutes(20));
      mark(bucket, digest);
      put(store, digest, weights); // touched: as young as the server says
      assertThat(isMarked(bucket, digest)).isFalse();
      now[0] = now[0].plus(Duration.ofMinutes(39));
      assertThat(store.collect(NOTHING).removed()).isZero();
      now[0] = now[0].plus(Duration.ofMinutes(10));
      assertThat(store.collect(NOTHING).removed()).isEqualTo(1);
    }
  }

  @Test
  void a_blob_touched_after_it_was_listed_stays() throws IOException {
    S3Settings bucket = server.bucket(Duration.ofHours(1));
    ExpertWeights weights = weights(3, 8, 16);
    Digest digest = Digests.expert(weights);
    Instant[] now = {Instant.now()};
    try (S3ExpertStore one = open(bucket, folder.resolve("d"), 1 << 20, () -> now[0]);
        S3ExpertStore other = open(bucket, folder.resolve("e"), 1 << 20, () -> now[0])) {
      put(one, digest, weights);
      now[0] = now[0].plus(Duration.ofHours(2));
      ExpertStore.Collected run =
          one.collect(digests -> {
            now[0] = Instant.now();
            return Set.of();
          });
      assertThat(run.removed()).isZero();
      other.verify(BlobKind.EXPERT, digest);
    }
  }

  @Test
  void a_damaged_or_cut_file_of_the_cache_is_set_aside_and_fetched_anew() throws IOException {
    S3Settings bucket = server.bucket(Duration.ZERO);
    Path cache = folder.resolve("f");
    ExpertWeights weights = weights(4, 8, 16);
    Digest digest = Digests.expert(weights);
    Path file = cache.resolve(BlobKind.EXPERT.path(digest));
    try (S3ExpertStore store =
        new S3ExpertStore(bucket, cache, 1 << 20, INSTALLATION, Instant::now, found::add)) {
      put(store, digest, weights);
      read(store, digest);
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(whole, whole.length / 2));
      read(store, digest);
      Files.delete(file);
      read(store, digest);
      for (int i = 0; i < 20; i++) { // not only when it is read for the first time
        byte[] damaged = whole.clone();
        damaged[100 + i] ^= 1;
        Files.write(file, damaged);
        read(store, digest);
      }
      assertThat(Files.readAllBytes(file)).isEqualTo(whole);
      assertThat(found).hasSize(21).allMatch(DamageListener.Damage::copy);
      try (Stream<Path> aside = Files.list(cache.resolve("quarantine"))) {
        assertThat(aside.toList())
            .hasSizeBetween(1, 8)
            .allMatch(f -> f.getFileName().toString().startsWith(digest.hex() + ".damaged-"));
      }
    }
  }

  @Test
  void a_blob_that_is_damaged_or_gone_in_the_bucket_is_put_right_from_the_copy()
      throws IOException {
    S3Settings bucket = server.bucket(Duration.ZERO);
    ExpertWeights weights = weights(5, 8, 16);
    Digest digest = Digests.expert(weights);
    String path = BlobKind.EXPERT.path(digest);
    try (S3ExpertStore store = open(bucket, folder.resolve("g"), 1 << 20, Instant::now);
        S3ExpertStore other = open(bucket, folder.resolve("g2"), 1 << 20, Instant::now)) {
      put(store, digest, weights);
      read(store, digest);
      change(bucket, path, whole -> Arrays.copyOf(whole, whole.length + 1));
      read(store, digest);
      store.verify(BlobKind.EXPERT, digest);
      read(other, digest);
      change(bucket, path, whole -> null);
      store.verify(BlobKind.EXPERT, digest);
      store.verify(BlobKind.EXPERT, digest);
    }
  }

  @Test
  void the_cache_keeps_its_budget_and_what_was_mapped_stays_readable() throws IOException {
    S3Settings bucket = server.bucket(Duration.ZERO);
    Path cache = folder.resolve("h");
    long blob = ExpertBlob.fileBytes(weights(0, 8, 16));
    try (S3ExpertStore store = open(bucket, cache, 3 * blob, Instant::now);
        Arena arena = Arena.ofConfined()) {
      List<ExpertWeights> experts =
          Stream.iterate(10, i -> i < 18, i -> i + 1).map(i -> weights(i, 8, 16)).toList();
      ExpertWeights first = null;
      for (ExpertWeights expert : experts) {
        Digest digest = Digests.expert(expert);
        put(store, digest, expert);
        ExpertWeights opened = store.open(digest, arena);
        first = first == null ? opened : first;
        assertThat(bytesIn(cache)).isLessThanOrEqualTo(3 * blob);
      }
      assertThat(Digests.expert(first)).isEqualTo(Digests.expert(experts.getFirst()));
    }
    try (S3ExpertStore none = open(bucket, folder.resolve("i"), 0, Instant::now)) {
      Digest digest = Digests.expert(weights(10, 8, 16));
      read(none, digest);
      assertThat(bytesIn(folder.resolve("i"))).isZero();
    }
  }

  @Test
  void a_server_that_is_away_is_unavailable_and_what_is_cached_can_be_read() throws IOException {
    S3Server leaving = S3Server.start();
    S3Settings bucket = leaving.bucket(Duration.ZERO);
    ExpertWeights weights = weights(6, 8, 16);
    Digest cached = Digests.expert(weights);
    ExpertWeights other = weights(7, 8, 16);
    Digest elsewhere = Digests.expert(other);
    try (S3ExpertStore store = open(bucket, folder.resolve("j"), 1 << 20, Instant::now)) {
      put(store, cached, weights);
      put(store, elsewhere, other);
      read(store, cached);
      leaving.close();
      read(store, cached);
      assertThatThrownBy(() -> read(store, elsewhere)).isInstanceOf(UnavailableException.class);
      assertThatThrownBy(() -> store.collect(NOTHING)).isInstanceOf(UnavailableException.class);
      assertThatThrownBy(() -> put(store, elsewhere, other))
          .isInstanceOf(UnavailableException.class);
    }
    assertThatThrownBy(() -> open(bucket, folder.resolve("j"), 1 << 20, Instant::now))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("s3://" + bucket.bucket());
  }

  @Test
  void a_cut_transfer_leaves_nothing_in_the_cache() throws IOException {
    Path root = folder.resolve("k");
    try (BlobCache cache = new BlobCache(root, 1 << 20, DamageListener.NONE)) {
      byte[] half = new byte[10];
      BlobCache.Source cut = () -> new BlobCache.Incoming(20, new ByteArrayInputStream(half));
      BlobReading<?> reading = BlobReading.manifest(new Digest("0".repeat(64)));
      assertThatThrownBy(() -> cache.read(reading, cut)).isInstanceOf(IOException.class);
      assertThat(cache.bytes()).isZero();
      assertThat(bytesIn(root)).isZero();
    }
  }

  /** Gives an object what it loses when it is written again, be it by a copy of itself. */
  private static void mark(S3Settings bucket, Digest digest) {
    String key = bucket.key(BlobKind.EXPERT.path(digest));
    try (S3Client client = server.client()) {
      client.copyObject(r ->
          r.sourceBucket(bucket.bucket())
              .sourceKey(key)
              .destinationBucket(bucket.bucket())
              .destinationKey(key)
              .metadataDirective(MetadataDirective.REPLACE)
              .metadata(Map.of("mark", "old")));
    }
    assertThat(isMarked(bucket, digest)).isTrue();
  }

  private static boolean isMarked(S3Settings bucket, Digest digest) {
    String key = bucket.key(BlobKind.EXPERT.path(digest));
    try (S3Client client = server.client()) {
      return client
          .headObject(r -> r.bucket(bucket.bucket()).key(key))
          .metadata()
          .containsKey("mark");
    }
  }

  private static void put(ExpertStore store, Digest digest, ExpertWeights weights)
      throws IOException {
    try (ExpertStore.Writing writing = store.begin()) {
      writing.put(digest, weights);
    }
  }

  private static void read(ExpertStore store, Digest digest) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      assertThat(Digests.expert(store.open(digest, arena))).isEqualTo(digest);
    }
  }

  private static long bytesIn(Path cache) throws IOException {
    try (Stream<Path> files = Files.walk(cache)) {
      return files
          .filter(file -> BlobKind.digest(file.toString()) != null)
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  private static ExpertWeights weights(int seed, int width, int hidden) {
    Random random = new Random(seed);
    return new ExpertWeights(
        matrix(random, width, hidden),
        matrix(random, width, hidden),
        matrix(random, hidden, width));
  }

  private static MatrixData matrix(Random random, int rows, int cols) {
    byte[] bytes = new byte[rows * cols * DType.BF16.bytes()];
    random.nextBytes(bytes);
    return MatrixData.dense(DType.BF16, rows, cols, MemorySegment.ofArray(bytes));
  }
}
