package dev.heddle.app;

import dev.heddle.app.client.PlatformCommands;
import dev.heddle.app.config.HeddleProperties;
import dev.heddle.app.demo.DemoStart;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;

/**
 * The program: {@code serve} (or nothing) and {@code demo} start the platform, the rest are
 * commands of a shell.
 */
@SpringBootApplication
@EnableConfigurationProperties(HeddleProperties.class)
public class Heddle {
  /**
   * @param args {@code serve} or {@code demo} and settings as {@code --heddle.port=8081}, or a
   *     command; see {@link PlatformCommands}
   */
  public static void main(String[] args) throws IOException {
    boolean settingsOnly = args.length == 0 || args[0].startsWith("--heddle.");
    String command = settingsOnly ? "serve" : args[0];
    String[] rest = settingsOnly ? args : Arrays.copyOfRange(args, 1, args.length);
    switch (command) {
      case "serve" -> start(Map.of(), rest);
      case "demo" -> DemoStart.seed(start(DemoStart.defaults(), rest));
      default -> System.exit(PlatformCommands.run(args));
    }
  }

  private static ApplicationContext start(Map<String, Object> defaults, String[] settings) {
    return new SpringApplicationBuilder(Heddle.class).properties(defaults).run(settings);
  }
}
