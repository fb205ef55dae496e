package dev.heddle.app.demo;

import dev.heddle.app.config.HeddleProperties;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;

/** {@code heddle demo}: the platform with the demo's base model, then its adapters. */
public final class DemoStart {
  private static final Logger log = LoggerFactory.getLogger(DemoStart.class);
  private static final String KEY_VARIABLE = "HEDDLE_BOOTSTRAP_ADMIN_KEY";

  private DemoStart() {}

  /** Settings of the demo; what the user sets wins. */
  public static Map<String, Object> defaults() {
    return Map.of("heddle.model", folder().resolve("base"), "heddle.model-name", "base");
  }

  /** Registers and publishes the adapters on the platform that has just started. */
  public static void seed(ApplicationContext platform) throws IOException {
    HeddleProperties properties = platform.getBean(HeddleProperties.class);
    Path keyFile = properties.data().resolve("admin.key").toAbsolutePath();
    String given = properties.bootstrapAdminKey();
    if (given == null && !Files.isReadable(keyFile)) {
      log.warn(
          "no adapters registered: the admin key of {} was given by configuration at its first"
              + " start; set {} to it",
          properties.data(),
          KEY_VARIABLE);
      return;
    }
    String key = given == null ? Files.readString(keyFile).strip() : given;
    String keySource = given == null ? keyFile.toString() : "$" + KEY_VARIABLE;
    URI server = server(properties.host(), platform);
    new Demo(server, folder().resolve("adapters"), key, keySource, System.out).run();
  }

  private static URI server(String host, ApplicationContext platform) {
    String reachable = host.equals("0.0.0.0") ? "127.0.0.1" : host;
    String port = platform.getEnvironment().getRequiredProperty("local.server.port");
    return URI.create("http://" + reachable + ":" + port + "/");
  }

  private static Path folder() {
    return Path.of(System.getProperty("heddle.home", "."), "demo").toAbsolutePath().normalize();
  }
}
