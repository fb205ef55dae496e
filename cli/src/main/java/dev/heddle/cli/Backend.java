package dev.heddle.cli;

import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.Ops;
import dev.heddle.ops.OpsProvider;
import dev.heddle.ops.Precision;

/** Opens the backend that a command line names. */
public final class Backend {
  private Backend() {}

  /**
   * As {@link OpsProvider#choose}.
   *
   * @throws InputException if there is no such backend or it cannot work here
   */
  public static Ops open(ModelShape shape, Precision precision, String name, int threads) {
    if (threads < 1) {
      throw new InputException("--threads: " + threads + " is less than 1");
    }
    try {
      return OpsProvider.choose(shape, precision, name, threads);
    } catch (IllegalArgumentException e) {
      throw new InputException("--backend: " + e.getMessage());
    }
  }
}
