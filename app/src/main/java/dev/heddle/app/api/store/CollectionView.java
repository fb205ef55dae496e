package dev.heddle.app.api.store;

import dev.heddle.registry.store.ExpertStore.Collected;

/**
 * What a collection did.
 *
 * @param blobs that are stored now
 * @param bytes of them
 */
record CollectionView(int removed, long removedBytes, long blobs, long bytes) {
  static CollectionView of(Collected run) {
    return new CollectionView(run.removed(), run.removedBytes(), run.kept(), run.keptBytes());
  }
}
