package dev.heddle.app;

import dev.heddle.app.client.PlatformCommands;
import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.demo.DemoStart;
import dev.heddle.app.start.StartHelp;
import dev.heddle.app.start.StartReporter;
import dev.heddle.cli.ProgramVersion;
import dev.heddle.registry.disk.PrivateFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The program: {@code serve} (or nothing) and {@code demo} start the platform, the rest are
 * commands of a shell.
 */
@SpringBootApplication
@EnableConfigurationProperties(HeddleProperties.class)
public class Heddle {
  private static final Set<String> STARTS = Set.of("serve", "demo");
  private static final Set<String> HELP = Set.of("help", "-h", "--help");
  private static final Set<String> VERSION = Set.of("version", "-V", "--version");

  /**
   * @param args {@code serve} or {@code demo} and settings as {@code --heddle.port=8081}, or a
   *     command; see {@link PlatformCommands}
   */
  public static void main(String[] args) {
    String start = start(args);
    if (start == null) {
      System.exit(PlatformCommands.run(args));
      return;
    }
    List<String> rest = Arrays.stream(args).filter(word -> !word.equals(start)).toList();
    if (rest.stream().anyMatch(HELP::contains)) {
      StartHelp.print(start, System.out);
    } else if (rest.stream().anyMatch(VERSION::contains)) {
      System.out.println(ProgramVersion.text());
    } else if (!starts(start, rest.toArray(String[]::new))) {
      System.exit(1);
    }
  }

  /** Which way to start the platform a command line means; null if it is another command. */
  private static @Nullable String start(String[] args) {
    if (args.length == 0 || args[0].startsWith("--heddle.")) {
      return "serve";
    }
    if (STARTS.contains(args[0])) {
      return args[0];
    }
    return args.length == 2 && args[0].equals("help") && STARTS.contains(args[1]) ? args[1] : null;
  }

  /** Starts the platform, which then runs by itself; false if it cannot, which it has told. */
  private static boolean starts(String command, String[] settings) {
    PrivateFiles.byDefault();
    boolean demo = command.equals("demo");
    ConfigurableApplicationContext platform;
    try {
      platform =
          new SpringApplicationBuilder(Heddle.class)
              .properties(demo ? DemoStart.defaults() : Map.of())
              .run(settings);
    } catch (RuntimeException | Error e) {
      return false; // StartReporter has said why
    }
    try {
      if (demo) {
        DemoStart.seed(platform);
      }
      return true;
    } catch (RuntimeException | IOException e) {
      new StartReporter(platform)
          .report(e, "The demo's adapters cannot be published, so it stops:", System.err);
      return false;
    }
  }
}
