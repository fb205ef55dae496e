package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Experts by digest, and the manifests that say which of them make an adapter. What is in the store
 * never changes; a crash leaves a blob whole or absent. Safe for any thread.
 *
 * <p>Nothing here needs the database: an adapter can be loaded while it is down.
 */
public interface ExpertStore extends AutoCloseable {
  /** Begins to add blobs, none of which is collected before the writing is closed. */
  Writing begin();

  /** Adds blobs. For one thread. */
  interface Writing extends AutoCloseable {
    /**
     * Keeps an expert; one that is there already is not written again. It is on disk when this
     * returns.
     *
     * @param digest the expert's, as {@link dev.heddle.format.Digests#expert} has it
     * @return bytes of its elements
     * @throws IOException if it cannot be written; nothing is left of it then
     */
    long put(Digest digest, ExpertWeights weights) throws IOException;

    /** Keeps a manifest, under its digest. */
    void put(AdapterManifest manifest) throws IOException;

    @Override
    void close();
  }

  /**
   * An expert's weights.
   *
   * @param arena how long the views are valid
   * @throws java.nio.file.NoSuchFileException if there is none
   */
  ExpertWeights open(Digest expert, Arena arena) throws IOException;

  /**
   * An adapter's manifest.
   *
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws IOException also if it is not what its digest says
   */
  AdapterManifest manifest(Digest adapter) throws IOException;

  /** Whether an expert or a manifest is there. */
  boolean contains(Digest digest);

  /**
   * Reads an expert and computes its digest again.
   *
   * @throws IOException if it is not there, or not what its digest says
   */
  void verify(Digest expert) throws IOException;

  /**
   * Removes what is neither live nor part of a {@link Writing} that was open at any time during the
   * call.
   *
   * @param live digests of experts and adapters to keep; asked once, after the call has begun
   * @return how many blobs were removed
   */
  int collect(Supplier<Set<Digest>> live) throws IOException;

  @Override
  void close();
}
