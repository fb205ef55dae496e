package dev.heddle.cli;

import dev.heddle.cli.bench.BenchCommand;
import dev.heddle.format.FormatException;
import dev.heddle.format.text.jinja.TemplateException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The engine from a shell. A command prints one JSON object to stdout; help, progress and errors go
 * to stderr. Exit codes: 0 done, 1 failed, 2 the input cannot be used.
 */
@Command(
    name = "heddle",
    description = "Runs and inspects Mixture-of-Experts models and their ESFT adapters.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "The platform:",
      "  serve     Starts it with the base model in HEDDLE_MODEL.",
      "  demo      Starts it with the demo model and publishes the demo's adapters."
    },
    subcommands = {
      LogitsCommand.class,
      GenerateCommand.class,
      InspectCommand.class,
      RenderCommand.class,
      BenchCommand.class
    })
public final class HeddleCli {
  @CommandLine.Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable") // picocli itself acts on it
  private boolean help;

  private HeddleCli() {}

  /**
   * Runs a command line; never throws.
   *
   * @param more commands beside the engine's; each has a constructor that takes a {@link Console}
   */
  public static int run(String[] args, Class<?>... more) {
    PrintStream out = System.out;
    System.setOut(System.err); // whatever logs to stdout must not spoil the JSON
    try {
      return run(args, out, System.err, more);
    } finally {
      System.setOut(out);
    }
  }

  /** As the other, printing elsewhere. */
  public static int run(String[] args, PrintStream out, PrintStream err, Class<?>... more) {
    Console console = new Console(out, err);
    PrintWriter help = new PrintWriter(err, true, StandardCharsets.UTF_8);
    CommandLine commands = new CommandLine(new HeddleCli(), new CommandFactory(console));
    for (Class<?> command : more) {
      commands.addSubcommand(command);
    }
    CommandLine line =
        commands
            .setOut(help)
            .setErr(help)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setParameterExceptionHandler((e, arguments) -> {
              console.error(String.valueOf(e.getMessage()));
              String command = e.getCommandLine().getCommandSpec().qualifiedName();
              err.println("Try '" + command + " --help'.");
              return CommandLine.ExitCode.USAGE;
            })
            .setExecutionExceptionHandler((e, cli, parsed) -> failed(e, console));
    if (args.length == 0) {
      line.usage(help);
      return CommandLine.ExitCode.USAGE;
    }
    try {
      return line.execute(args);
    } catch (OutOfMemoryError e) {
      console.error("not enough memory: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private static int failed(Exception e, Console console) {
    return switch (e) {
      case FormatException format -> {
        format.violations().forEach(violation -> console.error(violation.toString()));
        yield CommandLine.ExitCode.USAGE;
      }
      case InputException input -> {
        input.lines().forEach(console::error);
        yield CommandLine.ExitCode.USAGE;
      }
      case TemplateException template -> {
        console.error("the chat template: " + template.described());
        yield CommandLine.ExitCode.USAGE;
      }
      case FailedException failure -> {
        failure.lines().forEach(console::error);
        yield CommandLine.ExitCode.SOFTWARE;
      }
      case IOException io -> {
        console.error("cannot read or write " + io.getMessage());
        yield CommandLine.ExitCode.SOFTWARE;
      }
      default -> {
        console.error("internal error: " + e);
        yield CommandLine.ExitCode.SOFTWARE;
      }
    };
  }

  /** Makes commands, all of which talk to one console. */
  private record CommandFactory(Console console) implements CommandLine.IFactory {
    @Override
    public <K> K create(Class<K> type) throws Exception {
      try {
        return type.getDeclaredConstructor(Console.class).newInstance(console);
      } catch (NoSuchMethodException e) {
        return CommandLine.defaultFactory().create(type);
      }
    }
  }
}
