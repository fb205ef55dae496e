package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A release made of the application that the build has just made; made once. */
final class Release {
  static final Path REPO = Path.of(System.getProperty("heddle.repo"));

  private static @Nullable Path folder;

  private Release() {}

  /** The folder that users get. Skips the test, and says so, where there is no application. */
  static synchronized Path folder() throws IOException, InterruptedException {
    if (folder == null) {
      Path jar = REPO.resolve("app/target/app-exec.jar");
      if (!Files.exists(jar)) {
        skip("a release is made of app/target/app-exec.jar, which ./mvnw verify makes");
      }
      Path work =
          Files.createTempDirectory(
              "heddle-release",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      Map<String, String> jdk = Map.of("JAVA_HOME", System.getProperty("java.home"));
      Path app = work.resolve("app");
      run(jdk, REPO.resolve("packaging/extract").toString(), jar.toString(), app.toString());
      Ran made =
          run(jdk, REPO.resolve("packaging/release").toString(), app.toString(), work.toString());
      String last = made.said().strip();
      folder = Path.of(last.substring(last.lastIndexOf('\n') + 1));
    }
    return folder;
  }

  /** Ends a test that cannot be run here, so that whoever reads the log knows. */
  static void skip(String why) {
    System.out.println("SKIPPED: " + why);
    abort(why);
  }

  /** What a program printed, and how it ended. */
  record Ran(int exit, String said) {}

  /** Runs a program with more variables, and expects that it succeeds. */
  static Ran run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Ran ran = attempt(environment, command);
    assertThat(ran.exit()).as(ran.said()).isZero();
    return ran;
  }

  /** Runs a program to its end; one that is not there ends with 127. */
  static Ran attempt(Map<String, String> environment, String... command)
      throws InterruptedException, IOException {
    ProcessBuilder builder = new ProcessBuilder(List.of(command)).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Ran(127, String.valueOf(e.getMessage()));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ran(process.waitFor(), said);
  }
}
