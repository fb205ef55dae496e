package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Set;

/**
 * Experts by digest, the manifests that say which of them make an adapter, and the small files that
 * were uploaded beside them. What is in the store never changes; a crash leaves a blob whole or
 * absent. Safe for any thread.
 *
 * <p>Every read computes the digest again. A blob that is not what its digest says is set aside,
 * {@link DamageListener} is told, and it is fetched again where the store has another copy; where
 * it has none, it is missing until it is put again.
 *
 * <p>Nothing here needs the database: an adapter can be loaded while it is down. Every method may
 * throw {@link dev.heddle.registry.UnavailableException} where the store is a server that does not
 * answer.
 */
public interface ExpertStore extends ExpertReader, AutoCloseable {
  /** Begins to add blobs, none of which is collected before the writing is closed. */
  Writing begin();

  /** Adds blobs. For one thread. */
  interface Writing extends AutoCloseable {
    /**
     * Keeps an expert; one that is there already, whole, is not written again. It is safe from a
     * crash when this returns.
     *
     * @param digest the expert's, as {@link dev.heddle.format.Digests#expert} has it
     * @return bytes of its elements
     * @throws IOException if it cannot be written; nothing is left of it then
     */
    long put(Digest digest, ExpertWeights weights) throws IOException;

    /** Keeps a manifest, under its digest. */
    void put(AdapterManifest manifest) throws IOException;

    /**
     * Keeps a small file.
     *
     * @param sha256 of its bytes
     */
    void put(Digest sha256, MemorySegment document) throws IOException;

    @Override
    void close();
  }

  /**
   * Keeps blobs from being collected by this process, whether they are there or not, until the hold
   * is closed.
   */
  Hold hold(Collection<Digest> digests);

  /** See {@link #hold}. Closing it again does nothing. */
  interface Hold extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * An adapter's manifest.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws DamagedBlobException if it is not what its digest says
   */
  AdapterManifest manifest(Digest adapter) throws IOException;

  /**
   * A small file's bytes.
   *
   * @param arena how long the view is valid
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws DamagedBlobException if it is not what its digest says
   */
  MemorySegment document(Digest sha256, Arena arena) throws IOException;

  /** Whether an expert or a manifest is there. */
  boolean contains(Digest digest);

  /**
   * Reads a blob where it is kept, not a copy, and computes its digest again. Where only a copy is
   * right, the blob is put right from it.
   *
   * @return bytes that were read
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws DamagedBlobException if it is not what its digest says
   */
  long verify(BlobKind kind, Digest digest) throws IOException;

  /**
   * Removes what is neither live nor held, be it by a {@link Writing} or a {@link Hold}, at any
   * time during the call.
   */
  Collected collect(Liveness live) throws IOException;

  /** Says which blobs are needed. */
  interface Liveness {
    /**
     * Those of these digests that have to stay. Asked for a part of the store at a time, after the
     * collection has begun.
     */
    Set<Digest> among(Set<Digest> digests);
  }

  /** What a collection did; bytes are those on disk or in the bucket. */
  record Collected(int removed, long removedBytes, long kept, long keptBytes) {}

  @Override
  void close();
}
