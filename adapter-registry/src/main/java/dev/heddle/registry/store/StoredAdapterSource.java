package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.adapter.AdapterManifest;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.adapter.TunedExpert;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.util.List;

/** An adapter as the store has it; its blobs are not collected while it is open. */
public final class StoredAdapterSource implements AdapterSource {
  private final ExpertReader experts;
  private final AdapterManifest manifest;
  private final ExpertStore.Hold hold;
  private final Arena arena = Arena.ofShared(); // opened by one thread, perhaps read by another

  private StoredAdapterSource(
      ExpertReader experts, AdapterManifest manifest, ExpertStore.Hold hold) {
    this.experts = experts;
    this.manifest = manifest;
    this.hold = hold;
  }

  /**
   * Opens an adapter; the database is not asked.
   *
   * @throws java.nio.file.NoSuchFileException if the store has none of this digest
   */
  public static StoredAdapterSource open(ExpertStore store, Digest adapter) throws IOException {
    return open(store, store, adapter);
  }

  /**
   * As {@link #open(ExpertStore, Digest)}.
   *
   * @param experts reads the experts, in place of the store that has the manifest
   */
  public static StoredAdapterSource open(ExpertStore store, ExpertReader experts, Digest adapter)
      throws IOException {
    AdapterManifest manifest = store.manifest(adapter);
    List<Digest> blobs = manifest.experts().stream().map(TunedExpert::digest).toList();
    return new StoredAdapterSource(experts, manifest, store.hold(blobs));
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
      return experts.open(expert.digest(), arena);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    arena.close();
    hold.close();
  }
}
