package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.adapter.TunedExpert;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;

/** An adapter as the store has it. */
public final class StoredAdapterSource implements AdapterSource {
  private final ExpertStore store;
  private final AdapterManifest manifest;
  private final Arena arena = Arena.ofShared(); // opened by one thread, perhaps read by another

  private StoredAdapterSource(ExpertStore store, AdapterManifest manifest) {
    this.store = store;
    this.manifest = manifest;
  }

  /**
   * Opens an adapter; the database is not asked.
   *
   * @throws java.nio.file.NoSuchFileException if the store has none of this digest
   */
  public static StoredAdapterSource open(ExpertStore store, Digest adapter) throws IOException {
    return new StoredAdapterSource(store, store.manifest(adapter));
  }

  @Override
  public AdapterManifest manifest() {
    return manifest;
  }

  /**
   * {@inheritDoc}
   *
   * @throws UncheckedIOException if its blob cannot be read
   */
  @Override
  public ExpertWeights weights(TunedExpert expert) {
    try {
      return store.open(expert.digest(), arena);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
