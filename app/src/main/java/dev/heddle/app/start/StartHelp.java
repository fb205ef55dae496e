package dev.heddle.app.start;

import java.io.PrintStream;
import java.util.Locale;

/** What {@code serve --help} and {@code demo --help} say. */
public final class StartHelp {
  private StartHelp() {}

  /**
   * Prints how a command is called, and every setting.
   *
   * @param command {@code serve} or {@code demo}
   */
  public static void print(String command, PrintStream out) {
    out.printf(
        """
        Usage: heddle %s [--heddle.NAME=VALUE ...] [--debug]
        %s

        Settings come from the command line, the environment, or an application.yaml beside the
        working directory. Sizes are such as 12GB, times such as 30s or 7d.

          %-36s %s
        """,
        command,
        command.equals("demo")
            ? "Starts the platform with the demo model and publishes the demo's adapters."
            : "Starts the platform with the base model in HEDDLE_MODEL.",
        "--heddle.NAME=VALUE",
        "in the environment (unless set)");
    for (Setting setting : Setting.all()) {
      out.printf(
          Locale.ROOT,
          "  %-36s %s%s%n",
          "--" + setting.name(),
          setting.variable(),
          setting.standard().isEmpty() ? "" : " (" + setting.standard() + ")");
    }
    out.printf(
        """

        --debug shows stack traces and what the framework decides. docs/operations.md says what
        each setting is for.
        """);
    out.flush();
  }
}
