package dev.heddle.app.client;

import dev.heddle.cli.HeddleCli;
import java.io.PrintStream;

/** The commands that talk to a running platform, beside those of the engine. */
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
    LoadCommand.class
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
