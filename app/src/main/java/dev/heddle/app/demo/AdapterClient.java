package dev.heddle.app.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The management API as an adapter's owner uses it: create, upload, complete, publish. */
final class AdapterClient implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = JsonMapper.shared();
  private final URI api;
  private final String key;

  /**
   * @param server address of the platform, ending in a slash
   */
  AdapterClient(URI server, String key) {
    this.api = server.resolve("api/v1/adapters/");
    this.key = key;
  }

  /** Number of the version that the adapter's name means, 0 for none (yet). */
  int published(String adapter) {
    HttpResponse<String> response = send("GET", adapter, BodyPublishers.noBody());
    return response.statusCode() == 404 ? 0 : body(response).path("published").asInt(0);
  }

  /** How many versions of the adapter are ready to be served. */
  long ready(String adapter) {
    HttpResponse<String> response = send("GET", adapter + "/versions", BodyPublishers.noBody());
    return response.statusCode() == 404
        ? 0
        : body(response)
            .path("items")
            .valueStream()
            .filter(version -> version.path("state").asString("").equals("READY"))
            .count();
  }

  /** Uploads a folder as the adapter's next version and has it checked; its number. */
  int upload(String adapter, Path folder) {
    String versions = adapter + "/versions";
    int number = body(send("POST", versions, BodyPublishers.noBody())).path("number").asInt();
    for (Path file : files(folder)) {
      String path = versions + "/" + number + "/files/" + file.getFileName();
      body(send("PUT", path, fileBody(file)));
    }
    body(send("POST", versions + "/" + number + ":complete", BodyPublishers.noBody()));
    return number;
  }

  void publish(String adapter, int number) {
    String path = adapter + "/versions/" + number + ":publish";
    body(send("POST", path, BodyPublishers.noBody()));
  }

  private HttpResponse<String> send(String method, String path, BodyPublisher body) {
    HttpRequest request =
        HttpRequest.newBuilder(api.resolve(path))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/octet-stream")
            .method(method, body)
            .build();
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + path, e);
    }
  }

  private JsonNode body(HttpResponse<String> response) {
    if (response.statusCode() / 100 != 2) {
      throw new IllegalStateException(
          response.request().method()
              + " "
              + response.uri().getPath()
              + " answered "
              + response.statusCode()
              + ": "
              + response.body());
    }
    return json.readTree(response.body().isEmpty() ? "null" : response.body());
  }

  private static BodyPublisher fileBody(Path file) {
    try {
      return BodyPublishers.ofFile(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
