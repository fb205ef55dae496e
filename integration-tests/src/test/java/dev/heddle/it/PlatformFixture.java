package dev.heddle.it;

import dev.heddle.app.Heddle;
import dev.heddle.format.Json;
import dev.heddle.runtime.ProcessMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One running platform for all tests of the JVM: the demo model, its adapters uploaded and
 * published over HTTP, {@code intent} in two versions, on an embedded PostgreSQL in a fresh folder.
 */
public final class PlatformFixture {
  public static final Path DEMO = Path.of(System.getProperty("heddle.repo"), "demo");
  public static final String KEY = "integration-tests-admin-key-of-40-chars-";
  static final List<String> ADAPTERS =
      List.of("intent", "sql", "dates", "german", "triage", "redact", "tools");

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Started by the first who asks, and not by who needs no more than this class's helpers. */
  private static final class Shared {
    static final PlatformFixture INSTANCE = start(ADAPTERS, settings());
  }

  private static String[] settings() {
    Stream<String> own = Stream.of(memory(600), "--heddle.serving.keep-alive=200ms");
    return Stream.concat(own, OidcProvider.settings().stream()).toArray(String[]::new);
  }

  private final String url;
  private final ConfigurableApplicationContext context;

  private PlatformFixture(String url, ConfigurableApplicationContext context) {
    this.url = url;
    this.context = context;
  }

  /** The platform, started with the first call. */
  static PlatformFixture get() {
    return Shared.INSTANCE;
  }

  /** The setting of a budget that leaves so many MiB to the engine, in this JVM. */
  static String memory(long engine) {
    ProcessMemory process = ProcessMemory.ofThisJvm(0L);
    long rest = process.heap() + process.jvm() + (engine << 20);
    return "--heddle.memory=" + rest * 16 / 15; // a sixteenth is the host cache's
  }

  /**
   * Another platform, with settings of its own, for tests that cannot share the one. Its port
   * stands for {@code {port}} in them.
   */
  static PlatformFixture start(List<String> adapters, String... settings) {
    try {
      // The database may run as another user, who has to reach its folder.
      Path data =
          Files.createTempDirectory(
              "heddle-it",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
      int own = PlatformProcess.freePort();
      ConfigurableApplicationContext context =
          SpringApplication.run(
              Heddle.class,
              Stream.concat(
                      Stream.of(
                          "--heddle.port=" + own,
                          "--heddle.data=" + data,
                          "--heddle.model=" + DEMO.resolve("base"),
                          "--heddle.serving.body-limit=256KB",
                          "--heddle.imports.roots=" + DEMO.resolve("adapters"),
                          "--heddle.bootstrap-admin-key=" + KEY),
                      Stream.of(settings).map(each -> each.replace("{port}", own + "")))
                  .toArray(String[]::new));
      String port = context.getEnvironment().getProperty("local.server.port");
      PlatformFixture platform = new PlatformFixture("http://127.0.0.1:" + port, context);
      for (String name : adapters) {
        platform.publish(name, name);
      }
      if (adapters.contains("intent")) {
        platform.publish("intent", "intent-v2");
      }
      return platform;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A part of the platform, where HTTP does not show what a test has to know. */
  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** All parts of a type. */
  <T> Stream<T> beans(Class<T> type) {
    return context.getBeansOfType(type).values().stream();
  }

  String url() {
    return url;
  }

  /** Where the platform keeps everything. */
  Path data() {
    return Path.of(context.getEnvironment().getRequiredProperty("heddle.data"));
  }

  /** Uploads a demo adapter's folder as the next version of {@code name} and publishes it. */
  private void publish(String name, String folder) throws IOException {
    expect(200, post(upload(name, folder) + ":publish", ""));
  }

  /** Uploads a demo adapter's folder as the next version of {@code name}; answers its path. */
  String upload(String name, String folder) throws IOException {
    String version = files(name, folder);
    expect(200, post(version + ":complete", ""));
    return version;
  }

  /** As {@link #upload}, the version left open. */
  String files(String name, String folder) throws IOException {
    String version = begin(name);
    for (String file : List.of("expert_cfg.json", "model.safetensors")) {
      expect(200, put(version + "/files/" + file, DEMO.resolve("adapters/" + folder + "/" + file)));
    }
    return version;
  }

  /** Begins a version; answers its path. */
  String begin(String adapter) {
    JsonNode version = expect(201, post("/api/v1/adapters/" + adapter + "/versions", ""));
    return "/api/v1/adapters/" + adapter + "/versions/" + version.path("number").intValue();
  }

  HttpResponse<String> get(String path) {
    return send(request(path).GET().build());
  }

  HttpResponse<String> delete(String path) {
    return send(request(path).DELETE().build());
  }

  HttpResponse<String> post(String path, String json) {
    return send(jsonPost(path, json).build());
  }

  /** With another key than the admin's. */
  HttpResponse<String> post(String path, String json, String key) {
    return send(jsonPost(path, json).setHeader("Authorization", "Bearer " + key).build());
  }

  /** Begins a browser's session with a key; its cookie. */
  String session(String key) {
    HttpResponse<String> begun = post("/api/v1/session", "", key);
    String cookie = begun.headers().firstValue("set-cookie").orElseThrow();
    return cookie.substring(0, cookie.indexOf(';'));
  }

  HttpResponse<String> put(String path, Path file) throws IOException {
    return send(request(path).PUT(BodyPublishers.ofFile(file)).build());
  }

  HttpResponse<String> put(String path, byte[] body) {
    return send(request(path).PUT(BodyPublishers.ofByteArray(body)).build());
  }

  /** A request with the admin key. */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(java.time.Duration.ofSeconds(60)) // a test that hangs says so
        .header("Authorization", "Bearer " + KEY);
  }

  HttpRequest.Builder jsonPost(String path, String json) {
    BodyPublisher body = BodyPublishers.ofString(json);
    return request(path).header("Content-Type", "application/json").POST(body);
  }

  public static HttpClient client() {
    return CLIENT;
  }

  static HttpResponse<String> send(HttpRequest request) {
    try {
      return CLIENT.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The body, if the status is as expected. */
  static JsonNode expect(int status, HttpResponse<String> response) {
    if (response.statusCode() != status) {
      throw new AssertionError(
          "expected " + status + ", got " + response.statusCode() + ": " + response.body());
    }
    return parse(response.body());
  }

  public static JsonNode parse(String json) {
    return Json.parse(json.getBytes(StandardCharsets.UTF_8), "response");
  }

  /** A greedy chat request with one user message, tokens and logprobs reported. */
  public static ObjectNode chat(String model, String prompt) {
    ObjectNode body =
        tools.jackson.databind.node.JsonNodeFactory.instance
            .objectNode()
            .put("model", model)
            .put("temperature", 0)
            .put("logprobs", true)
            .put("return_token_ids", true)
            .put("max_tokens", 96);
    body.putArray("messages").addObject().put("role", "user").put("content", prompt);
    return body;
  }
}
