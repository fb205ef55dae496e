package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.registry.store.BlobKind;
import dev.heddle.registry.store.ExpertStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;

/**
 * A store on a disk that is full after one blob.
 *
 * @param atFull what else happens then
 */
record FullStore(ExpertStore store, Runnable atFull) implements ExpertStore {
  @Override
  public Writing begin() {
    Writing writing = store.begin();
    return new Writing() {
      private boolean full;

      @Override
      public long put(Digest digest, ExpertWeights weights) throws IOException {
        if (full) {
          atFull.run();
          throw new IOException("no space left on device");
        }
        full = true;
        return writing.put(digest, weights);
      }

      @Override
      public void put(AdapterManifest manifest) throws IOException {
        throw new IOException("no space left on device");
      }

      @Override
      public void put(Digest sha256, MemorySegment document) throws IOException {
        throw new IOException("no space left on device");
      }

      @Override
      public void close() {
        writing.close();
      }
    };
  }

  @Override
  public ExpertWeights open(Digest expert, Arena arena) throws IOException {
    return store.open(expert, arena);
  }

  @Override
  public AdapterManifest manifest(Digest adapter) throws IOException {
    return store.manifest(adapter);
  }

  @Override
  public boolean contains(Digest digest) {
    return store.contains(digest);
  }

  @Override
  public long verify(BlobKind kind, Digest digest) throws IOException {
    return store.verify(kind, digest);
  }

  @Override
  public Hold hold(Collection<Digest> digests) {
    return store.hold(digests);
  }

  @Override
  public MemorySegment document(Digest sha256, Arena arena) throws IOException {
    return store.document(sha256, arena);
  }

  @Override
  public Collected collect(Liveness live) throws IOException {
    return store.collect(live);
  }

  @Override
  public void close() {
    store.close();
  }
}
