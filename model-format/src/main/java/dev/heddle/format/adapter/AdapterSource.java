package dev.heddle.format.adapter;

import dev.heddle.format.ExpertWeights;

/**
 * Where an adapter's weights can be read from: a folder, or the expert store. Used by one thread at
 * a time, but not always the same; views handed out are valid until {@link #close()}.
 */
public interface AdapterSource extends AutoCloseable {
  AdapterManifest manifest();

  /** The bytes of one of {@link AdapterManifest#experts()}. */
  ExpertWeights weights(TunedExpert expert);

  @Override
  void close();
}
