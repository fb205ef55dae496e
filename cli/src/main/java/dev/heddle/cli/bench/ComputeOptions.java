package dev.heddle.cli.bench;

import picocli.CommandLine.Option;

/** What computes, and with how many threads. */
final class ComputeOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "reference, vector, onednn, tornado, or auto (default).")
  String backend = "auto";

  @Option(names = "--threads", paramLabel = "N", description = "Threads; default: one a core.")
  int threads = Runtime.getRuntime().availableProcessors();
}
