package dev.heddle.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which model answers, with which adapter, computed by what. */
final class ModelOptions extends BaseOptions {
  @Option(names = "--adapter", paramLabel = "DIR", description = "An ESFT adapter of that model.")
  @Nullable Path adapter;
}
