package dev.heddle.it;

import static dev.heddle.it.PlatformFixture.expect;
import static java.net.http.HttpRequest.BodyPublishers.noBody;
import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.app.client.AdapterPush;
import dev.heddle.app.client.PlatformClient;
import dev.heddle.it.HelmChart.Manifests;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.postgres.EmbeddedPostgres;
import dev.heddle.registry.store.S3Server;
import dev.heddle.registry.store.S3Settings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import tools.jackson.databind.JsonNode;

/**
 * What the chart renders, started: commands, environment, mounts and probes as its manifests have
 * them, so that chart and application cannot drift apart.
 */
class HelmProcessTest {
  private static final Path BASE = PlatformFixture.DEMO.resolve("base");

  /** Ended by SIGTERM, as it should: the JVM's own. */
  private static final int TERMINATED = 143;

  private static final AtomicInteger COUNT = new AtomicInteger();

  @TempDir static Path work;
  private static EmbeddedPostgres postgres;

  @BeforeAll
  static void startDatabase() throws IOException {
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    postgres = EmbeddedPostgres.start(work.resolve("postgres"));
  }

  @AfterAll
  static void stopDatabase() {
    postgres.close();
  }

  @Test
  void a_model_and_experts_in_buckets() throws Exception {
    try (S3Server server = S3Server.start()) {
      S3Settings bucket = server.bucket(Duration.ofDays(1));
      upload(server, bucket.bucket());
      String values =
          database()
              + """
              model:
                name: base
                fetch:
                  from: s3
                  s3: {source: "s3://%1$s/models/demo", endpoint: "%2$s", secret: {name: bucket}}
              store:
                s3: {bucket: %1$s, prefix: experts, endpoint: "%2$s", secret: {name: bucket}}
              """
                  .formatted(bucket.bucket(), bucket.endpoint());
      Map<String, String> secrets = secrets();
      secrets.put("bucket/access-key", bucket.accessKey());
      secrets.put("bucket/secret-key", bucket.secretKey());
      Path data = Files.createDirectory(work.resolve("buckets"));

      run(values, secrets, Map.of("data", data), PlatformFixture.client());

      assertThat(data.resolve("models/demo/config.json"))
          .hasSameBinaryContentAs(BASE.resolve("config.json"));
      assertThat(data.resolve("heddle/experts")).doesNotExist();
      try (S3Client client = server.client()) {
        assertThat(
                client
                    .listObjectsV2(list -> list.bucket(bucket.bucket()).prefix("experts/"))
                    .contents())
            .hasSizeGreaterThan(2);
      }
    }
  }

  @Test
  void https_and_a_model_copied_from_a_volume() throws Exception {
    Certificate certificate = Certificate.make(Files.createDirectory(work.resolve("certificate")));
    String values =
        database()
            + """
            model:
              name: base
              volume: {persistentVolumeClaim: {claimName: models}}
              path: base
              fetch: {from: volume}
            tls: {secret: certificate}
            """;
    Path data = Files.createDirectory(work.resolve("volume"));
    HttpClient client = HttpClient.newBuilder().sslContext(certificate.client()).build();

    run(
        values,
        secrets(),
        Map.of("data", data, "model", PlatformFixture.DEMO, "tls", certificate.key().getParent()),
        client);

    assertThat(data.resolve("heddle/experts")).isDirectory();
  }

  @Test
  void pods_of_one_set_pass_requests_to_each_other_by_https() throws Exception {
    Certificate certificate = Certificate.make(Files.createDirectory(work.resolve("shared")));
    HttpClient client = HttpClient.newBuilder().sslContext(certificate.client()).build();
    try (S3Server server = S3Server.start()) {
      S3Settings bucket = server.bucket(Duration.ofDays(1));
      String values =
          database()
              + """
              replicas: 2
              model: {volume: {persistentVolumeClaim: {claimName: models}}, path: base}
              store: {s3: {bucket: %s, endpoint: "%s", secret: {name: bucket}}}
              tls: {secret: certificate}
              """
                  .formatted(bucket.bucket(), bucket.endpoint());
      Map<String, String> secrets = secrets();
      secrets.put("bucket/access-key", bucket.accessKey());
      secrets.put("bucket/secret-key", bucket.secretKey());
      Container container =
          HelmChart.with(work, values)
              .render()
              .one(StatefulSet.class)
              .getSpec()
              .getTemplate()
              .getSpec()
              .getContainers()
              .getFirst();
      Path tls = certificate.key().getParent();
      HelmPod first = pod("loom-heddle-0", tls, secrets, client);
      HelmPod second = pod("loom-heddle-1", tls, secrets, client);
      Process one = first.process(container).redirectOutput(log(first)).start();
      Process two = second.process(container).redirectOutput(log(second)).start();
      try {
        first.await(one, container, container.getStartupProbe());
        second.await(two, container, container.getStartupProbe());
        String version = "/api/v1/adapters/sent/versions";
        expect(201, client.send(at(first, version).POST(noBody()).build(), ofString()));
        HttpRequest begun = at(first, version + "/1/files/README.md").PUT(noBody()).build();
        expect(200, client.send(begun, ofString()));
        HttpResponse<String> passed =
            client.send(at(second, version + "/1/files/LICENSE").PUT(noBody()).build(), ofString());
        expect(200, passed);
        assertThat(passed.headers().firstValue("x-heddle-replica")).hasValue("loom-heddle-0");
      } finally {
        one.destroyForcibly();
        two.destroyForcibly();
      }
    }
  }

  private static HelmPod pod(String name, Path tls, Map<String, String> secrets, HttpClient client)
      throws IOException {
    Path data = Files.createDirectory(work.resolve(name));
    Map<String, Path> mounts =
        Map.of("data", data, "model", PlatformFixture.DEMO, "tls", tls, "tmp", Path.of("/tmp"));
    return new HelmPod(name, mounts, secrets, PlatformProcess.freePort(), client);
  }

  private static File log(HelmPod pod) {
    return pod.mounts().get("data").resolve("log").toFile();
  }

  private static HttpRequest.Builder at(HelmPod pod, String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + pod.port() + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + PlatformFixture.KEY);
  }

  private static String database() {
    String name = "heddle_" + COUNT.incrementAndGet();
    DatabaseSettings server = postgres.settings();
    Databases.create(server, name);
    return """
    database:
      url: "%s"
      user: %s
      passwordSecret: {name: database}
    adminKeySecret: {name: admin}
    memory: 1112MB
    drain: {endpointSeconds: 2, answerSeconds: 10}
    settings: {model-check-rate: 1GB}
    """
        .formatted(server.url().replaceFirst("[^/]*$", name), server.owner().name());
  }

  private static Map<String, String> secrets() {
    Map<String, String> secrets = new HashMap<>();
    secrets.put("database/password", postgres.settings().owner().password());
    secrets.put("admin/admin-key", PlatformFixture.KEY);
    return secrets;
  }

  private static void upload(S3Server server, String bucket) throws IOException {
    try (S3Client client = server.client();
        Stream<Path> files = Files.list(BASE)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        client.putObject(
            put -> put.bucket(bucket).key("models/demo/" + file.getFileName()),
            RequestBody.fromFile(file));
      }
    }
  }

  /** A pod's life, from its init container to its end. */
  private static void run(
      String values, Map<String, String> secrets, Map<String, Path> volumes, HttpClient client)
      throws Exception {
    Manifests manifests = HelmChart.with(work, values).render();
    PodSpec spec = manifests.one(StatefulSet.class).getSpec().getTemplate().getSpec();
    Map<String, Path> mounts = new HashMap<>(volumes);
    mounts.put("tmp", Path.of("/tmp"));
    HelmPod pod = new HelmPod("loom-heddle-0", mounts, secrets, PlatformProcess.freePort(), client);

    for (Container init : spec.getInitContainers()) {
      assertThat(finish(pod.process(init))).contains(" files, of which 0 were there");
      assertThat(finish(pod.process(init))).as("a second start").doesNotContain("of which 0");
    }
    Container server = spec.getContainers().getFirst();
    Path log = mounts.get("data").resolve("log");
    Process process = pod.process(server).redirectOutput(log.toFile()).start();
    try {
      assertThat(pod.ask(server, server.getReadinessProbe())).as("too early").isNotEqualTo(200);
      pod.await(process, server, server.getStartupProbe());
      pod.await(process, server, server.getReadinessProbe());
      assertThat(pod.ask(server, server.getLivenessProbe())).isEqualTo(200);
      String url = server.getReadinessProbe().getHttpGet().getScheme().toLowerCase(Locale.ROOT);
      URI address = URI.create(url + "://127.0.0.1:" + pod.port());
      answers(address, client);
      helmTest(manifests, pod);
      stop(pod, spec, address, process);
    } finally {
      process.destroyForcibly();
    }
    assertLog(Files.readAllLines(log));
  }

  private static void answers(URI url, HttpClient client) throws Exception {
    if (url.getScheme().equals("http")) { // the commands' client trusts what the JDK does
      try (PlatformClient commands = new PlatformClient(url, PlatformFixture.KEY, null)) {
        new AdapterPush(commands, AdapterPush.Watcher.NONE)
            .push("sql", PlatformFixture.DEMO.resolve("adapters/sql"));
        commands.post("adapters/sql/versions/1:publish", null);
      }
    }
    HttpResponse<String> answer =
        chat(url, client, url.getScheme().equals("http") ? "sql" : "base");
    assertThat(expect(200, answer).at("/choices/0/finish_reason").asString())
        .isIn("stop", "length");
    assertThat(console(url, client)).contains("<h1").doesNotContain("does not answer");
  }

  private static HttpResponse<String> chat(URI url, HttpClient client, String model)
      throws Exception {
    return client.send(
        HttpRequest.newBuilder(url.resolve("/v1/chat/completions"))
            .timeout(Duration.ofSeconds(30))
            .header("Authorization", "Bearer " + PlatformFixture.KEY)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(PlatformFixture.chat(model, "hello").toString()))
            .build(),
        BodyHandlers.ofString());
  }

  /** A page, which the server makes of what it asks itself, by HTTPS too. */
  private static String console(URI url, HttpClient client) throws Exception {
    HttpResponse<String> session =
        client.send(
            HttpRequest.newBuilder(url.resolve("/api/v1/session"))
                .header("Authorization", "Bearer " + PlatformFixture.KEY)
                .POST(BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
    String cookie = session.headers().firstValue("set-cookie").orElseThrow();
    assertThat(cookie.contains("Secure")).isEqualTo(url.getScheme().equals("https"));
    HttpResponse<String> page =
        client.send(
            HttpRequest.newBuilder(url.resolve("/console/status"))
                .header("Cookie", cookie.substring(0, cookie.indexOf(';')))
                .GET()
                .build(),
            BodyHandlers.ofString());
    assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
    return page.body();
  }

  /** The command of `helm test`, where the Service's name means this machine. */
  private static void helmTest(Manifests manifests, HelmPod pod) throws Exception {
    Container test = manifests.one(Pod.class).getSpec().getContainers().getFirst();
    List<String> command =
        test.getCommand().stream()
            .map(word -> word.replace("loom-heddle", "127.0.0.1").replace("8080", pod.port() + ""))
            .map(word -> word.replaceFirst("^/opt/heddle", Release.REPO.toString()))
            .toList();
    finish(new ProcessBuilder(command));
    List<String> elsewhere =
        command.stream().map(word -> word.replace(pod.port() + "", "1")).toList();
    assertThat(new ProcessBuilder(elsewhere).start().waitFor()).isNotZero();
  }

  /** It serves on while it is not ready, until no balancer sends it requests. */
  private static void stop(HelmPod pod, PodSpec spec, URI address, Process process)
      throws Exception {
    Container server = spec.getContainers().getFirst();
    long end =
        System.nanoTime() + Duration.ofSeconds(spec.getTerminationGracePeriodSeconds()).toNanos();
    process.destroy();
    await().until(() -> pod.ask(server, server.getReadinessProbe()) == 503);
    HttpResponse<String> last = chat(address, pod.client(), "base");
    expect(200, last);
    assertThat(last.headers().firstValue("connection")).hasValue("close");
    assertThat(process.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(TERMINATED);
  }

  private static String finish(ProcessBuilder builder) throws Exception {
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /** Every line is an object; that of an answer has the request's id in a field. */
  private static void assertLog(List<String> lines) {
    List<JsonNode> objects =
        lines.stream()
            .filter(line -> !line.startsWith("WARNING: ")) // the JVM's own, of incubating modules
            .map(PlatformFixture::parse)
            .toList();
    assertThat(objects)
        .allSatisfy(line -> assertThat(line.has("@timestamp")).isTrue())
        .anySatisfy(line -> assertThat(line.path("message").asString()).isEqualTo("drained"))
        .anySatisfy(line -> {
          String id = line.path("http.request.id").asString("");
          if (id.isEmpty()) {
            id = line.at("/http/request/id").asString("");
          }
          assertThat(id).isNotEmpty();
          assertThat(line.path("message").asString()).startsWith("id=" + id + " tenant=");
        });
  }
}
