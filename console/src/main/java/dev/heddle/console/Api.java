package dev.heddle.console;

import dev.heddle.console.answers.PageOf;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks the platform's API over the loopback address, as the viewer: a page can show nothing that
 * the viewer could not read there. Questions that do not need each other's answers are asked at
 * once, by {@link #ask}. Blocks; for virtual threads.
 */
@Component
final class Api {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Environment environment;
  private final boolean tls;
  private final HttpClient http;
  private final JsonMapper json =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build();

  Api(Environment environment, SslBundles bundles) {
    this.environment = environment;
    String bundle = environment.getProperty("server.ssl.bundle");
    this.tls = bundle != null;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5));
    this.http =
        (bundle == null ? builder : builder.sslContext(OwnCertificate.context(bundles, bundle)))
            .build();
  }

  /**
   * @param path with its query, from {@code /api} on
   * @throws Refusal what the API answers unless it is 200
   * @throws SignedOutException if it does not know the viewer any more
   */
  <T> T get(Viewer viewer, String path, Class<T> type) {
    return ask(viewer, path, type).answer();
  }

  /** The part of a list that the path asks for. */
  <T> PageOf<T> list(Viewer viewer, String path, Class<T> item) {
    return askList(viewer, path, item).answer();
  }

  /**
   * Asks, and does not wait.
   *
   * @param path as in {@link #get}
   */
  <T> Asked<T> ask(Viewer viewer, String path, Class<T> type) {
    return ask(viewer, path, json.constructType(type));
  }

  /** As {@link #ask}, for the part of a list that the path asks for. */
  <T> Asked<PageOf<T>> askList(Viewer viewer, String path, Class<T> item) {
    return ask(viewer, path, json.getTypeFactory().constructParametricType(PageOf.class, item));
  }

  private <T> Asked<T> ask(Viewer viewer, String path, JavaType type) {
    CompletableFuture<HttpResponse<byte[]>> coming =
        http.sendAsync(as(viewer, request(path)).GET().build(), BodyHandlers.ofByteArray());
    return () -> json.readValue(good(arrived(coming)), type);
  }

  /** A request that stands for nobody yet. */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base() + path)).timeout(PATIENCE);
  }

  HttpResponse<byte[]> send(HttpRequest request) {
    return arrived(http.sendAsync(request, BodyHandlers.ofByteArray()));
  }

  private static HttpResponse<byte[]> arrived(CompletableFuture<HttpResponse<byte[]>> coming) {
    try {
      return coming.get();
    } catch (ExecutionException e) {
      throw new Refusal(
          503, new Refusal.Problem("Unavailable", "The platform does not answer.", "", List.of()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The value, or the refusal that it came to. */
  <T> T value(HttpResponse<byte[]> response, Class<T> type) {
    return json.readValue(good(response), type);
  }

  static HttpRequest.Builder as(Viewer viewer, HttpRequest.Builder request) {
    request.header("Cookie", viewer.cookie());
    @Nullable String acting = viewer.acting();
    if (acting != null) {
      request.header("x-heddle-tenant", acting);
    }
    return request;
  }

  static HttpRequest.Builder change(
      HttpRequest.Builder request, String method, @Nullable String csrfToken) {
    request.method(method, BodyPublishers.noBody());
    return csrfToken == null ? request : request.header("X-CSRF-Token", csrfToken);
  }

  /** With a body of JSON. */
  HttpRequest.Builder post(HttpRequest.Builder request, Object body) {
    return request
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofByteArray(json.writeValueAsBytes(body)));
  }

  private byte[] good(HttpResponse<byte[]> response) {
    if (response.statusCode() == 401) {
      throw new SignedOutException();
    }
    if (response.statusCode() != 200) {
      throw new Refusal(response.statusCode(), problem(response));
    }
    return response.body();
  }

  private Refusal.Problem problem(HttpResponse<byte[]> response) {
    try {
      return json.readValue(response.body(), Refusal.Problem.class);
    } catch (JacksonException e) {
      return new Refusal.Problem(
          "Failed", "The API answered " + response.statusCode() + ".", "", List.of());
    }
  }

  /** Known once the server listens. */
  private String base() {
    String address = environment.getProperty("server.address", "127.0.0.1");
    boolean any = address.equals("0.0.0.0") || address.equals("::");
    String host = any ? "127.0.0.1" : address.contains(":") ? "[" + address + "]" : address;
    String port = Objects.requireNonNull(environment.getProperty("local.server.port"), "listens");
    return (tls ? "https://" : "http://") + host + ":" + port;
  }
}
