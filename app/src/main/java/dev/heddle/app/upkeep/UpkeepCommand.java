package dev.heddle.app.upkeep;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.start.CommandSettings;
import dev.heddle.cli.Console;
import dev.heddle.cli.FailedException;
import dev.heddle.cli.InputException;
import dev.heddle.registry.RegistryException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Unmatched;

/** What the commands share: the settings of a platform. */
abstract class UpkeepCommand implements Callable<Integer> {
  protected final Console console;

  @Unmatched private final List<String> words = new ArrayList<>();

  UpkeepCommand(Console console) {
    this.console = console;
  }

  @Override
  public final Integer call() throws IOException {
    try {
      return run(new CommandSettings(words));
    } catch (IllegalStateException | RegistryException e) {
      throw new FailedException(List.of(String.valueOf(e.getMessage())));
    } catch (UncheckedIOException e) {
      throw new FailedException(List.of(e.getMessage() + ": " + e.getCause()));
    }
  }

  /** Does what the command is for; the exit code. */
  abstract int run(CommandSettings settings) throws IOException;

  /**
   * The settings, if nothing is wrong with those that the command needs.
   *
   * @param names as {@link CommandSettings#areClean} takes them
   */
  static HeddleProperties require(CommandSettings settings, String... names) {
    if (!settings.areClean(names)) {
      throw new InputException(settings.faults());
    }
    return settings.properties();
  }
}
