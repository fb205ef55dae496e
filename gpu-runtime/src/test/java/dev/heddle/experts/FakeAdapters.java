package dev.heddle.experts;

import dev.heddle.format.DType;
import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.adapter.TunedExpert;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A catalog of adapters whose experts' weights are their own digests. */
final class FakeAdapters implements AdapterCatalog {
  static final Digest BASE = digest("base");

  final Map<Digest, AdapterManifest> manifests = new ConcurrentHashMap<>();
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger open = new AtomicInteger();

  /** Adapters that cannot be opened, or not be read to the end. */
  volatile Predicate<Digest> brokenAtOpening = adapter -> false;

  volatile Predicate<Digest> brokenWhileReading = adapter -> false;

  static Digest digest(String name) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return Digest.of(sha.digest(name.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  static TunedExpert expert(int layer, int column, String content) {
    return new TunedExpert(layer, column, digest(content));
  }

  Digest add(String name, TunedExpert... experts) {
    Digest digest = digest(name);
    manifests.put(digest, new AdapterManifest(digest, BASE, List.of(experts), experts.length));
    return digest;
  }

  @Override
  public AdapterSource open(Digest adapter) throws IOException {
    AdapterManifest manifest = manifests.get(adapter);
    if (manifest == null || brokenAtOpening.test(adapter)) {
      throw new IOException("no such adapter");
    }
    opened.incrementAndGet();
    open.incrementAndGet();
    return new Source(adapter, manifest);
  }

  static Digest read(ExpertWeights weights) {
    return Digest.of(weights.gate().data().toArray(ValueLayout.JAVA_BYTE));
  }

  private final class Source implements AdapterSource {
    private final Digest adapter;
    private final AdapterManifest manifest;
    private boolean closed;

    Source(Digest adapter, AdapterManifest manifest) {
      this.adapter = adapter;
      this.manifest = manifest;
    }

    @Override
    public AdapterManifest manifest() {
      return manifest;
    }

    @Override
    public ExpertWeights weights(TunedExpert expert) {
      if (closed || !manifest.experts().contains(expert)) {
        throw new IllegalStateException("closed, or not an expert of this adapter");
      }
      if (brokenWhileReading.test(adapter)) {
        throw new IllegalStateException("the disk is gone");
      }
      MatrixData data =
          MatrixData.dense(DType.F32, 1, 8, MemorySegment.ofArray(expert.digest().bytes()));
      return new ExpertWeights(data, data, data);
    }

    @Override
    public void close() {
      if (closed) {
        throw new IllegalStateException("closed twice");
      }
      closed = true;
      open.decrementAndGet();
    }
  }
}
