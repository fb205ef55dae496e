package dev.heddle.registry.store;

import dev.heddle.format.Digest;
import dev.heddle.format.ExpertWeights;
import java.io.IOException;
import java.lang.foreign.Arena;

/** Where an expert's weights can be read. Safe for any thread. */
public interface ExpertReader {
  /**
   * An expert's weights.
   *
   * @param arena how long the views are valid
   * @throws java.nio.file.NoSuchFileException if there is none
   * @throws DamagedBlobException if it is not what its digest says
   * @throws dev.heddle.registry.UnavailableException if the place where it lies does not answer
   */
  ExpertWeights open(Digest expert, Arena arena) throws IOException;
}
