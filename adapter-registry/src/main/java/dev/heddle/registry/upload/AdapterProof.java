package dev.heddle.registry.upload;

import dev.heddle.format.Digest;
import dev.heddle.format.Violation;
import dev.heddle.format.adapter.GoldenCase;
import dev.heddle.registry.adapter.Version;
import java.util.List;

/** Has an adapter that is in the store, and not callable yet, answer its golden prompts. */
@FunctionalInterface
public interface AdapterProof {
  /** For where no engine runs: takes every answer on trust. */
  AdapterProof NONE = (version, adapter, golden) -> List.of();

  /**
   * Compares answers. Blocks until all have come.
   *
   * @param golden at least one
   * @return every case that the adapter answers otherwise, or that cannot be asked at all
   * @throws RuntimeException if there are no answers to be had now; trying again later may help
   */
  List<Violation> check(Version version, Digest adapter, List<GoldenCase> golden);
}
