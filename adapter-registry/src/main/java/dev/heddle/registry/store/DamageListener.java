package dev.heddle.registry.store;

import dev.heddle.format.Digest;

/** Is told of damaged blobs, by the thread that found one; must not throw. */
@FunctionalInterface
public interface DamageListener {
  /** Does nothing. */
  DamageListener NONE = damage -> {};

  void found(Damage damage);

  /**
   * A blob that did not contain what its digest says, and no longer lies where it would be read.
   *
   * @param place where it lies now
   * @param copy whether it was a copy, which is fetched again from where the blob is kept
   */
  record Damage(BlobKind kind, Digest digest, String place, boolean copy) {}
}
