package dev.heddle.app.bench;

import dev.heddle.cli.Console;
import dev.heddle.cli.InputException;
import dev.heddle.format.model.ModelFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bench-forms}: what it costs that answers have a form. */
@Command(
    name = "bench-forms",
    description = {
      "Measures what it costs to hold answers to a form: a token, as a share of a step, through the",
      "whole engine; and to compile a JSON schema of 100 properties for the model's tokenizer.",
      "A summary goes to stderr, JSON to stdout."
    })
public final class BenchFormsCommand implements Callable<Integer> {
  private static final int MOST_SEQUENCES = 64;

  private final Console console;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "A base model's folder.")
  @SuppressWarnings("NullAway.Init") // picocli sets it: it is required
  private Path model;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "reference, vector, onednn, tornado, or auto (default).")
  private String backend = "auto";

  @Option(names = "--threads", paramLabel = "N", description = "Threads; default: one a core.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--sequences",
      paramLabel = "N",
      description = "Answers in a step, 1 to " + MOST_SEQUENCES + "; default 16.")
  private int sequences = 16;

  public BenchFormsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (threads < 1 || sequences < 1 || sequences > MOST_SEQUENCES) {
      throw new InputException(
          "--threads is at least 1, --sequences 1 to %d".formatted(MOST_SEQUENCES));
    }
    if (!Files.isDirectory(model)) {
      throw new InputException(model + " is not a folder");
    }
    try (ModelFolder folder = ModelFolder.open(model)) {
      FormsBench.run(folder, backend, threads, sequences, console);
    }
    return 0;
  }
}
