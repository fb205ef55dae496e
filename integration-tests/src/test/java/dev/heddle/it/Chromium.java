package dev.heddle.it;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The system's browser, started once for all tests of the JVM. Used by one thread. */
final class Chromium {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  /** Tests may run as root; letters without coloured edges make small pictures. */
  private static final List<String> ARGUMENTS = List.of("--no-sandbox", "--disable-lcd-text");

  private static Browser browser;

  private Chromium() {}

  /** Skips the test, aloud, where there is no browser. */
  static synchronized Browser get() {
    Optional<Path> found = find();
    if (found.isEmpty()) {
      String why = "SKIPPED: tests in a browser, since no Chromium is installed";
      System.err.println(why);
      Assumptions.abort(why);
    }
    if (browser == null) {
      Playwright playwright =
          Playwright.create(
              new Playwright.CreateOptions()
                  .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
      Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
      browser =
          playwright
              .chromium()
              .launch(
                  new BrowserType.LaunchOptions()
                      .setExecutablePath(found.get())
                      .setArgs(ARGUMENTS));
    }
    return browser;
  }

  private static Optional<Path> find() {
    return NAMES.stream()
        .flatMap(name ->
            Stream.of(System.getenv("PATH").split(":")).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
