package dev.heddle.format.adapter;

import dev.heddle.format.ExpertWeights;

/**
 * Where an adapter's weights can be read from: a folder, or the expert store. Several threads may
 * ask for weights at once; views handed out are valid until {@link #close()}, which is called when
 * nobody asks any more.
 */
public interface AdapterSource extends AutoCloseable {
  AdapterManifest manifest();

  /** The bytes of one of {@link AdapterManifest#experts()}. */
  ExpertWeights weights(TunedExpert expert);

  @Override
  void close();
}
