package dev.heddle.cli;

import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which base model is run, computed by what. */
class BaseOptions {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A base model's folder, as Hugging Face publishes them.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  Path model;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "reference, vector, onednn, tornado, or auto (default).")
  String backend = "auto";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute; default: one a core.")
  int threads = Runtime.getRuntime().availableProcessors();

  @Mixin WeightsOption weights = new WeightsOption();
}
