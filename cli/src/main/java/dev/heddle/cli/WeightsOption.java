package dev.heddle.cli;

import dev.heddle.ops.Precision;
import picocli.CommandLine.Option;

/** What a model's weights are kept as. */
public final class WeightsOption {
  @Option(
      names = "--weights",
      paramLabel = "FORM",
      description = {
        "stored (default), or int8: rounded to 8 bits when they are loaded, in half the memory."
      })
  private Precision precision = Precision.STORED;

  public Precision precision() {
    return precision;
  }
}
