package dev.heddle.app.client;

import dev.heddle.app.bench.BenchFormsCommand;
import dev.heddle.app.bench.BenchLoadingCommand;
import dev.heddle.app.upkeep.BackupCommand;
import dev.heddle.app.upkeep.DoctorCommand;
import dev.heddle.app.upkeep.FetchCommand;
import dev.heddle.app.upkeep.RestoreCommand;
import dev.heddle.cli.HeddleCli;
import java.io.PrintStream;

/** The commands of a platform, running or not, beside those of the engine. */
public final class PlatformCommands {
  private static final Class<?>[] COMMANDS = {
    PushCommand.class,
    PublishCommand.class,
    UnpublishCommand.class,
    RollbackCommand.class,
    RemoveCommand.class,
    ListCommand.class,
    RoutingCommand.class,
    StatusCommand.class,
    KeysCommand.class,
    TenantsCommand.class,
    UsageCommand.class,
    LoadCommand.class,
    BenchFormsCommand.class,
    BenchLoadingCommand.class,
    DoctorCommand.class,
    BackupCommand.class,
    RestoreCommand.class,
    FetchCommand.class
  };

  private PlatformCommands() {}

  /** Runs a command line of the platform's or the engine's; answers the exit code. */
  public static int run(String[] args) {
    return HeddleCli.run(args, COMMANDS);
  }

  /** As the other, printing elsewhere. */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return HeddleCli.run(args, out, err, COMMANDS);
  }
}
