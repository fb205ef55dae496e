package dev.heddle.cli;

import dev.heddle.cli.bench.BenchCommand;
import dev.heddle.cli.bench.MixingCommand;
import dev.heddle.cli.bench.PlanCommand;
import dev.heddle.format.FormatException;
import dev.heddle.template.TemplateException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The engine from a shell. A command prints one JSON object to stdout, or the help that was asked
 * for; progress and errors go to stderr. Exit codes: 0 done, 1 failed, 2 the input cannot be used.
 */
@Command(
    name = "heddle",
    description = "Runs and inspects Mixture-of-Experts models and their ESFT adapters.",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = ProgramVersion.class,
    footer = {
      "",
      "The platform:",
      "  serve     Starts it with the base model in HEDDLE_MODEL.",
      "  demo      Starts it with the demo model and publishes the demo's adapters.",
      "",
      "'heddle help COMMAND' says more of each; 'heddle version' which Heddle this is."
    },
    subcommands = {
      LogitsCommand.class,
      GenerateCommand.class,
      InspectCommand.class,
      FoldCommand.class,
      RenderCommand.class,
      ScoreCommand.class,
      AccuracyCommand.class,
      BenchCommand.class,
      MixingCommand.class,
      PlanCommand.class
    })
public final class HeddleCli {
  @CommandLine.Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Shows this help.")
  @SuppressWarnings("UnusedVariable") // picocli itself acts on it
  private boolean help;

  @CommandLine.Option(
      names = {"-V", "--version"},
      versionHelp = true,
      scope = CommandLine.ScopeType.INHERIT,
      description = "Shows which Heddle this is.")
  @SuppressWarnings("UnusedVariable") // picocli itself acts on it
  private boolean version;

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
    PrintWriter help = new PrintWriter(out, true, StandardCharsets.UTF_8);
    CommandLine line = new CommandLine(new HeddleCli(), new CommandFactory(console));
    for (Class<?> command : more) {
      line.addSubcommand(command);
    }
    version(line);
    line.setOut(help)
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, arguments) -> {
          console.error(Mistakes.told(e));
          String command = e.getCommandLine().getCommandSpec().qualifiedName();
          console.note("Try '" + command + " --help'.");
          return CommandLine.ExitCode.USAGE;
        })
        .setExecutionExceptionHandler((e, cli, parsed) -> failed(e, console));
    if (args.length == 0) {
      line.usage(err);
      return CommandLine.ExitCode.USAGE;
    }
    try {
      return line.execute(asOptions(args, line));
    } catch (OutOfMemoryError e) {
      console.error("not enough memory: " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** Every command knows the version, as every one knows its help. */
  private static void version(CommandLine command) {
    command.getCommandSpec().versionProvider(new ProgramVersion());
    command.getSubcommands().values().forEach(HeddleCli::version);
  }

  /** {@code help keys create} and {@code keys help create} as {@code keys create --help}. */
  private static String[] asOptions(String[] args, CommandLine line) {
    CommandLine command = line;
    for (int i = 0; i < args.length && !command.getSubcommands().isEmpty(); i++) {
      if (args[i].equals("help") || args[i].equals("version")) {
        List<String> words = new ArrayList<>(List.of(args));
        words.add("--" + words.remove(i));
        return words.toArray(String[]::new);
      }
      command = command.getSubcommands().get(args[i]);
      if (command == null) {
        break;
      }
    }
    return args;
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
