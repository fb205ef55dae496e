package dev.heddle.app.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** The management API over HTTP. Methods block; any thread may call them. */
public final class PlatformClient implements AutoCloseable {
  private static final int LIST_PAGE = 200;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final JsonMapper json = JsonMapper.shared();
  private final URI api;
  private final String key;
  private final @Nullable String tenant;

  /**
   * @param server address of the platform
   * @param tenant whom an operator acts for, null for the key's own tenant
   */
  public PlatformClient(URI server, String key, @Nullable String tenant) {
    this.api = URI.create(server.toString().replaceAll("/+$", "") + "/api/v1/");
    this.key = key;
    this.tenant = tenant;
  }

  /**
   * What is at a path below {@code /api/v1/}; a missing node if nothing is.
   *
   * @throws RefusedException for every other refusal
   */
  public JsonNode find(String path) {
    try {
      return get(path);
    } catch (RefusedException e) {
      if (e.status() == 404) {
        return MissingNode.getInstance();
      }
      throw e;
    }
  }

  public JsonNode get(String path) {
    return send("GET", path, BodyPublishers.noBody());
  }

  /** Posts a JSON body, or none at all. */
  public JsonNode post(String path, @Nullable JsonNode body) {
    return send(
        "POST",
        path,
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
  }

  public JsonNode patch(String path, JsonNode body) {
    return send("PATCH", path, BodyPublishers.ofString(body.toString()));
  }

  public JsonNode delete(String path) {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  /** Gives every item of a list, page by page. */
  public void list(String path, Consumer<JsonNode> each) {
    String after = null;
    do {
      String query =
          (path.contains("?") ? "&" : "?")
              + "limit="
              + LIST_PAGE
              + (after == null ? "" : "&after=" + ApiPaths.segment(after));
      JsonNode page = get(path + query);
      page.path("items").forEach(each);
      after = page.path("next").asString(null);
    } while (after != null);
  }

  /** A list as a table of comma-separated values, all of it. */
  public String csv(String path) {
    return send(request(path, "GET", BodyPublishers.noBody()).header("Accept", "text/csv")).body();
  }

  /**
   * Sends a request of tus 1.0.0, the body as the bytes of an upload.
   *
   * @param headers names and values in turn
   * @return the answer's headers
   * @throws RefusedException if it is refused
   */
  HttpHeaders tus(String method, String path, BodyPublisher body, String... headers) {
    HttpRequest.Builder request = request(path, method, body).header("Tus-Resumable", "1.0.0");
    if (headers.length > 0) {
      request.headers(headers);
    }
    return send(request).headers();
  }

  private JsonNode send(String method, String path, BodyPublisher body) {
    String answer =
        send(request(path, method, body).header("Content-Type", "application/json")).body();
    return json.readTree(answer.isEmpty() ? "null" : answer);
  }

  private HttpRequest.Builder request(String path, String method, BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create(api + path)) // resolve() takes capacity:preview for a scheme
            .header("Authorization", "Bearer " + key)
            .method(method, body);
    return tenant == null ? request : request.header("x-heddle-tenant", tenant);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
      if (answer.statusCode() / 100 != 2) {
        throw RefusedException.of(answer.statusCode(), answer.body());
      }
      return answer;
    } catch (ConnectException e) {
      throw new UncheckedIOException(
          new IOException("nothing answers at " + api + "; is the platform running?", e));
    } catch (IOException e) {
      throw new UncheckedIOException(
          new IOException("the connection to " + api + " broke off: " + e.getMessage(), e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + api, e);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
