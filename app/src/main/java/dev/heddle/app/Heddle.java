package dev.heddle.app;

import dev.heddle.app.config.HeddleProperties;
import dev.heddle.cli.HeddleCli;
import java.util.Arrays;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;

/** The program: {@code serve} (or nothing) starts the platform, the rest is the engine's. */
@SpringBootApplication
@EnableConfigurationProperties(HeddleProperties.class)
public class Heddle {
  private static final String SERVE = "serve";

  /**
   * @param args {@code serve} and settings as {@code --heddle.port=8081}, or a command of the
   *     engine; see {@link HeddleCli}
   */
  public static void main(String[] args) {
    boolean settingsOnly = args.length == 0 || args[0].startsWith("--heddle.");
    if (settingsOnly || args[0].equals(SERVE)) {
      SpringApplication.run(
          Heddle.class, settingsOnly ? args : Arrays.copyOfRange(args, 1, args.length));
    } else {
      System.exit(HeddleCli.run(args));
    }
  }
}
