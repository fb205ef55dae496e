package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.registry.UnavailableException;
import dev.heddle.registry.disk.FolderIdentity;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * An expert store in a bucket, laid out as a local one, so that one can be copied to the other.
 * What is read goes through a bounded cache on the local disk, from which it is mapped.
 *
 * <p>Several replicas may use one bucket. A replica does not know which blobs another one is about
 * to reference. So a blob is not collected before it is older than the grace. An upload that finds
 * an old blob renews its age. The age is checked again right before a removal.
 */
public final class S3ExpertStore implements ExpertStore {
  private static final Logger log = LoggerFactory.getLogger(S3ExpertStore.class);
  private static final String IDENTITY = "installation";

  /** Parts of an upload that nobody finished are given up after this long, or after the grace. */
  private static final Duration PARTS_MIN = Duration.ofDays(1);

  private final S3Settings settings;
  private final InstantSource clock;
  private final DamageListener listener;
  private final S3Bucket bucket;
  private final BlobCache cache;
  private final Holds holds = new Holds();
  private final Object collecting = new Object();

  /**
   * Opens the store.
   *
   * @param cacheFolder on the local disk, this process's own
   * @param cacheBytes most bytes the cache may have
   * @param installation whose experts these are, see {@link FolderIdentity}
   * @param listener is told of damaged blobs
   * @throws IllegalStateException if the bucket is another installation's, or another process has
   *     the cache
   * @throws UnavailableException if the bucket cannot be used
   */
  public S3ExpertStore(
      S3Settings settings,
      Path cacheFolder,
      long cacheBytes,
      UUID installation,
      InstantSource clock,
      DamageListener listener) {
    this.settings = settings;
    this.clock = clock;
    this.listener = listener;
    this.cache = new BlobCache(cacheFolder, cacheBytes, listener);
    try {
      this.bucket = new S3Bucket(settings);
    } catch (RuntimeException e) {
      cache.close();
      throw e;
    }
    try {
      claim(installation);
    } catch (UnavailableException e) {
      close();
      throw UnavailableException.store("the bucket " + settings + " cannot be used", e);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private void claim(UUID installation) {
    if (bucket.find(IDENTITY) == null) {
      bucket.putIfAbsent(IDENTITY, (installation + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    // Read in any case: of two that found none, both have to see whose it became.
    try (ResponseInputStream<GetObjectResponse> stream = bucket.get(IDENTITY)) {
      String found = new String(stream.readNBytes(100), StandardCharsets.US_ASCII);
      FolderIdentity.require(settings.place(), found, installation);
    } catch (IOException e) {
      throw new IllegalStateException(settings.place() + " does not say whose it is", e);
    }
  }

  @Override
  public Writing begin() {
    return new S3Writing();
  }

  @Override
  public Hold hold(Collection<Digest> digests) {
    return holds.holdAll(digests);
  }

  @Override
  public ExpertWeights open(Digest expert, Arena arena) throws IOException {
    return read(BlobReading.expert(expert, arena));
  }

  @Override
  public AdapterManifest manifest(Digest adapter) throws IOException {
    return read(BlobReading.manifest(adapter));
  }

  @Override
  public MemorySegment document(Digest sha256, Arena arena) throws IOException {
    return read(BlobReading.document(sha256, arena));
  }

  private <T> T read(BlobReading<T> reading) throws IOException {
    return fetched(reading, source -> cache.read(reading, source));
  }

  /** Reads from what the bucket sends. */
  private interface Transfer<T> {
    T read(BlobCache.Source source) throws IOException;
  }

  /** Reads what the bucket sends; what is damaged twice did not become so on its way. */
  private <T> T fetched(BlobReading<T> reading, Transfer<T> transfer) throws IOException {
    String path = reading.path();
    try {
      return transfer.read(() -> incoming(bucket.get(path)));
    } catch (DamagedBlobException onItsWay) {
      Arrival[] last = new Arrival[1];
      try {
        return transfer.read(() -> {
          last[0] = new Arrival(bucket.get(path));
          return last[0].incoming();
        });
      } catch (DamagedBlobException e) {
        setAside(reading, last[0]);
        throw e;
      }
    }
  }

  /**
   * Sets an object aside, unless another replica has replaced it, or what came is not what the
   * bucket has: then the way is at fault, however often, and the object stays where it is.
   */
  private void setAside(BlobReading<?> reading, @Nullable Arrival came) {
    S3Bucket.Found now = bucket.find(reading.path());
    if (now == null || came == null || !came.isAll(now)) {
      log.warn("{} came damaged from {}, and is left there", reading.path(), settings.place());
      return;
    }
    String aside = Quarantine.name(reading.digest());
    if (bucket.copy(reading.path(), aside)) {
      bucket.delete(reading.path());
      listener.found(
          new DamageListener.Damage(
              reading.kind(), reading.digest(), settings.place() + "/" + aside, false));
    }
  }

  private static BlobCache.Incoming incoming(ResponseInputStream<GetObjectResponse> stream) {
    return new BlobCache.Incoming(stream.response().contentLength(), stream);
  }

  @Override
  public boolean contains(Digest digest) {
    return bucket.find(BlobKind.EXPERT.path(digest)) != null
        || bucket.find(BlobKind.MANIFEST.path(digest)) != null;
  }

  @Override
  public long verify(BlobKind kind, Digest digest) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      BlobReading<MemorySegment> reading = BlobReading.whole(kind, digest, arena);
      try {
        return inBucket(reading);
      } catch (NoSuchFileException | DamagedBlobException e) {
        MemorySegment copy = cache.readHere(reading);
        if (copy == null) {
          throw e;
        }
        bucket.put(reading.path(), List.of(copy));
        log.warn(
            "{} was damaged or missing in the bucket; restored it from the local cache",
            reading.path());
        return copy.byteSize();
      }
    }
  }

  private long inBucket(BlobReading<MemorySegment> reading) throws IOException {
    return fetched(reading, source -> cache.readPast(reading, source)).byteSize();
  }

  @Override
  public Collected collect(Liveness live) throws IOException {
    synchronized (collecting) {
      holds.beginCollection();
      try {
        Sweep sweep = new Sweep(holds, live);
        for (BlobKind kind : BlobKind.values()) {
          collect(kind, sweep);
        }
        Collected collected = sweep.finish();
        Duration grace = settings.grace();
        bucket.abortPartsBefore(
            clock.instant().minus(grace.compareTo(PARTS_MIN) > 0 ? grace : PARTS_MIN));
        return collected;
      } finally {
        holds.endCollection();
      }
    }
  }

  private void collect(BlobKind kind, Sweep sweep) throws IOException {
    bucket.list(
        kind.folder(),
        blob -> {
          Digest digest = BlobKind.digest(blob.path());
          if (digest == null) {
            return;
          }
          if (ageReached(blob, settings.grace())) {
            sweep.add(digest, blob.bytes(), () -> removeIfStillOld(blob));
          } else {
            sweep.keep(blob.bytes());
          }
        });
  }

  private boolean ageReached(S3Bucket.Found blob, Duration age) {
    return !blob.changedAt().isAfter(clock.instant().minus(age));
  }

  private boolean removeIfStillOld(S3Bucket.Found listed) throws IOException {
    S3Bucket.Found now = bucket.find(listed.path());
    if (now == null || !ageReached(now, settings.grace())) {
      return false;
    }
    bucket.delete(listed.path());
    cache.forget(listed.path());
    return true;
  }

  @Override
  public void close() {
    try {
      bucket.close();
    } finally {
      cache.close();
    }
  }

  private final class S3Writing implements Writing {
    private final List<Digest> held = new ArrayList<>();

    @Override
    public long put(Digest digest, ExpertWeights weights) throws IOException {
      keep(BlobKind.EXPERT, digest, ExpertBlob.pieces(weights));
      return ExpertBlob.weightBytes(weights);
    }

    @Override
    public void put(AdapterManifest manifest) throws IOException {
      byte[] text = ManifestText.write(manifest).getBytes(StandardCharsets.US_ASCII);
      keep(BlobKind.MANIFEST, manifest.digest(), List.of(MemorySegment.ofArray(text)));
    }

    @Override
    public void put(Digest sha256, MemorySegment document) throws IOException {
      keep(BlobKind.DOCUMENT, sha256, List.of(document));
    }

    private void keep(BlobKind kind, Digest digest, List<MemorySegment> pieces) throws IOException {
      held.add(digest);
      holds.hold(digest);
      if (!isThere(kind, digest)) {
        bucket.put(kind.path(digest), pieces);
      }
    }

    /** Whether the blob is there, whole, and no other replica will take it for old. */
    private boolean isThere(BlobKind kind, Digest digest) throws IOException {
      String path = kind.path(digest);
      S3Bucket.@Nullable Found found = bucket.find(path);
      if (found == null) {
        return false;
      }
      try (Arena arena = Arena.ofConfined()) {
        inBucket(BlobReading.whole(kind, digest, arena));
      } catch (NoSuchFileException | DamagedBlobException e) {
        return false;
      }
      return !ageReached(found, settings.grace().dividedBy(4)) || bucket.touch(path);
    }

    @Override
    public void close() {
      held.forEach(holds::release);
      held.clear();
    }
  }
}
