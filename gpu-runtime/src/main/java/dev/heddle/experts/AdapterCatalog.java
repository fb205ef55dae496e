package dev.heddle.experts;

import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterSource;
import java.io.IOException;

/**
 * Finds the stored adapter that a request names. Called by loader threads, never by the step
 * thread.
 */
public interface AdapterCatalog {
  /**
   * Opens the adapter's weights.
   *
   * @throws IOException if they cannot be read, or no adapter has this digest
   */
  AdapterSource open(Digest adapter) throws IOException;

  /** What people call the adapter, for messages; takes no long time. */
  default String name(Digest adapter) {
    return adapter.qualified();
  }
}
