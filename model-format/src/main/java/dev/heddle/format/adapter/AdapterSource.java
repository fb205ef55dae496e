package dev.heddle.format.adapter;

import dev.heddle.format.ExpertWeights;

/**
 * Where an adapter's weights can be read from: a folder, or the expert store. Safe for use by one
 * thread; views handed out are valid until {@link #close()}.
 */
public interface AdapterSource extends AutoCloseable {
  AdapterManifest manifest();

  /** The bytes of one of {@link AdapterManifest#experts()}. */
  ExpertWeights weights(TunedExpert expert);

  @Override
  void close();
}
