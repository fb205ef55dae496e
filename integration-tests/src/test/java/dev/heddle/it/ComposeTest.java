package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The image, and the compose file that runs it beside a PostgreSQL, where a Docker daemon answers.
 */
class ComposeTest {
  private static final String IMAGE = "heddle-release-test";
  private static final String PROJECT = "heddle-release-test";

  /** Made by tools/test-postgres, for machines that reach no registry of images. */
  private static final String LOCAL_BASE = "heddle-debian:bookworm";

  private static final Path FILE = Release.REPO.resolve("docker/compose.yaml");
  private static final Duration START = Duration.ofMinutes(4);

  @Test
  @Timeout(value = 25, unit = TimeUnit.MINUTES) // most of it for Docker, where its driver is vfs
  void an_image_of_a_release_serves_beside_a_postgres() throws Exception {
    if (Release.attempt(Map.of(), "docker", "info").exit() != 0) {
      Release.skip("the image and the compose file take a Docker daemon, and none answers");
    }
    List<String> compose = compose();
    String release = Release.folder().toString();
    int port = PlatformProcess.freePort();
    Map<String, String> environment =
        Map.of(
            "HEDDLE_IMAGE",
            IMAGE,
            "POSTGRES_IMAGE",
            image("heddle-test-postgres:15", "postgres:17"),
            "POSTGRES_PASSWORD",
            "of-the-compose-test",
            "HEDDLE_BOOTSTRAP_ADMIN_KEY",
            PlatformFixture.KEY,
            "HEDDLE_MODEL_FOLDER",
            PlatformFixture.DEMO.resolve("base").toString(),
            "HEDDLE_MEMORY",
            "700MB",
            "HEDDLE_PUBLISHED_PORT",
            String.valueOf(port));
    Release.run(
        Map.of("DOCKER_BUILDKIT", "0"), // which would ask a registry for the base
        "docker",
        "build",
        "--build-arg=BASE=" + image(LOCAL_BASE, "debian:bookworm-slim"),
        "--file=" + release + "/docker/Dockerfile",
        "--tag=" + IMAGE,
        release);
    try {
      Release.run(environment, words(compose, "up", "-d"));
      String answer = answer(port);
      assertThat(answer).as(() -> logs(environment, compose)).contains("\"finish_reason\"");
    } finally {
      Release.run(environment, words(compose, "down", "--volumes"));
      Release.run(Map.of(), "docker", "rmi", "--force", IMAGE);
    }
  }

  /** How compose is called here. */
  private static List<String> compose() throws IOException, InterruptedException {
    List<String> file = List.of("-f", FILE.toString(), "-p", PROJECT);
    for (List<String> program : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
      if (Release.attempt(Map.of(), words(program, "version")).exit() == 0) {
        return List.of(words(program, file.toArray(String[]::new)));
      }
    }
    Release.skip("the compose file takes docker compose, which is not here");
    throw new IllegalStateException("not reached");
  }

  /** The image that lies here, or else the one that a registry has. */
  private static String image(String here, String elsewhere)
      throws IOException, InterruptedException {
    return Release.attempt(Map.of(), "docker", "image", "inspect", here).exit() == 0
        ? here
        : elsewhere;
  }

  /** The first answer that the platform gives; empty if it gives none in time. */
  private static String answer(int port) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/chat/completions"))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + PlatformFixture.KEY)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(PlatformFixture.chat("base", "hello").toString()))
            .build();
    long end = System.nanoTime() + START.toNanos();
    String said = "";
    while (System.nanoTime() < end) {
      try {
        HttpResponse<String> response =
            PlatformFixture.client().send(request, BodyHandlers.ofString());
        said = response.body();
        if (response.statusCode() == 200) {
          return said;
        }
      } catch (IOException e) {
        said = String.valueOf(e.getMessage()); // nobody listens yet
      }
      Thread.sleep(500);
    }
    return said;
  }

  private static String logs(Map<String, String> environment, List<String> compose) {
    try {
      return Release.attempt(environment, words(compose, "logs", "--no-color")).said();
    } catch (IOException | InterruptedException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static String[] words(List<String> first, String... more) {
    List<String> all = new ArrayList<>(first);
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
