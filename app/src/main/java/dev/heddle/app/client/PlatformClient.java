package dev.heddle.app.client;

import dev.heddle.format.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.function.Function;
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

  public JsonNode delete(String path) {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  /** Gives every item of a list, page by page. */
  public void list(String path, Consumer<JsonNode> each) {
    String after = null;
    do {
      String query =
          "?limit=" + LIST_PAGE + (after == null ? "" : "&after=" + ApiPaths.segment(after));
      JsonNode page = get(path + query);
      page.path("items").forEach(each);
      after = page.path("next").asString(null);
    } while (after != null);
  }

  /**
   * Sends a file's bytes, and compares what came out at the other end.
   *
   * @param watch wraps the stream that the file is read from, e.g. to show progress
   * @throws RefusedException also if the file changed on its way
   */
  public void put(String path, Path file, Function<InputStream, InputStream> watch) {
    MessageDigest sent = Digests.sha256();
    try {
      long length = Files.size(file);
      BodyPublisher body =
          BodyPublishers.fromPublisher(
              BodyPublishers.ofInputStream(() -> {
                sent.reset(); // a request that is sent again begins anew
                return new DigestInputStream(watch.apply(open(file)), sent);
              }),
              length);
      JsonNode stored = send("PUT", path, length == 0 ? BodyPublishers.noBody() : body);
      String digest = HexFormat.of().formatHex(sent.digest());
      if (!digest.equals(stored.path("sha256").asString(""))) {
        throw new RefusedException(0, file + " changed on its way; send it again");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InputStream open(Path file) {
    try {
      return Files.newInputStream(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode send(String method, String path, BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(api.resolve(path))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", contentType(method))
            .method(method, body);
    if (tenant != null) {
      request.header("x-heddle-tenant", tenant);
    }
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      return answer(response);
    } catch (ConnectException e) {
      throw new UncheckedIOException(
          new IOException("nothing answers at " + api + "; is the platform running?", e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + path, e);
    }
  }

  private static String contentType(String method) {
    return method.equals("PUT") ? "application/octet-stream" : "application/json";
  }

  private JsonNode answer(HttpResponse<String> response) {
    boolean refused = response.statusCode() / 100 != 2;
    String body = response.body();
    if (refused) {
      throw RefusedException.of(response.statusCode(), body);
    }
    return json.readTree(body.isEmpty() ? "null" : body);
  }

  @Override
  public void close() {
    http.close();
  }
}
