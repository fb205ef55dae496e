package dev.heddle.it;

import dev.heddle.app.client.AdapterPush;
import dev.heddle.app.client.PlatformClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A platform in a process of its own, which can be killed as a machine's failure would. */
public final class PlatformProcess implements AutoCloseable {
  /** The log as users see it, not as tests do. */
  static final String LOG = "-Dlogging.config=classpath:logback.xml";

  private static final Duration START_LIMIT = Duration.ofMinutes(3);

  private Process process;
  private final @Nullable ProcessBuilder program;
  private final Path log;
  private final String url;

  private PlatformProcess(Process process, @Nullable ProcessBuilder program, Path log, String url) {
    this.process = process;
    this.program = program;
    this.log = log;
    this.url = url;
  }

  /** Starts a platform with the demo model on a data folder, and waits until it is ready. */
  static PlatformProcess start(Path data, String... settings) throws IOException {
    return start(data, 512, settings);
  }

  /** As {@link #start(Path, String...)}, with a heap of so many megabytes. */
  static PlatformProcess start(Path data, int heap, String... settings) throws IOException {
    PlatformProcess platform = launch(data, PlatformFixture.DEMO.resolve("base"), heap, settings);
    platform.awaitReady();
    return platform;
  }

  /**
   * Starts a platform with a model of its own, which may not be ready yet. Its port stands for
   * {@code {port}} in the settings, of which those with one dash are the JVM's.
   */
  static PlatformProcess launch(Path data, Path model, int heap, String... settings)
      throws IOException {
    return launch(Map.of(), data, model, heap, settings);
  }

  /** As the other, with variables of the environment beside this process's own. */
  public static PlatformProcess launch(
      Map<String, String> environment, Path data, Path model, int heap, String... settings)
      throws IOException {
    int port = freePort();
    Map<Boolean, List<String>> given =
        Stream.of(settings)
            .map(each -> each.replace("{port}", port + ""))
            .collect(Collectors.partitioningBy(each -> each.startsWith("--")));
    List<String> options = new ArrayList<>(List.of("-Xmx" + heap + "m", "-XX:+UseSerialGC", LOG));
    options.addAll(given.get(false));
    List<String> command = program(options.toArray(String[]::new));
    command.addAll(
        List.of(
            "serve",
            "--heddle.port=" + port,
            "--heddle.data=" + data,
            "--heddle.model=" + model,
            "--heddle.memory=" + (heap + 600) + "MB",
            "--heddle.bootstrap-admin-key=" + PlatformFixture.KEY));
    command.addAll(given.get(true));
    Path log = data.resolveSibling(data.getFileName() + ".log");
    ProcessBuilder program =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    program.environment().putAll(environment);
    return new PlatformProcess(program.start(), program, log, "http://127.0.0.1:" + port);
  }

  /** A platform that somebody has started, which may not be ready yet. */
  static PlatformProcess of(Process process, Path log, int port) {
    return new PlatformProcess(process, null, log, "http://127.0.0.1:" + port);
  }

  /** Starts what has ended again, at the same address, and waits until it is ready. */
  public void startAgain() throws IOException {
    process = Objects.requireNonNull(program, "started here").start();
    awaitReady();
  }

  /** How the program is started as the launcher does, with options of the JVM; commands follow. */
  static List<String> program(String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--") || option.startsWith("-XX:CompileCommand"))
        .forEach(command::add);
    command.addAll(List.of(options));
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.heddle.app.Heddle"));
    return command;
  }

  /**
   * A port that nobody listens on, below those that the system gives out by itself: it stays free
   * until the platform has started, however many connections others open meanwhile.
   */
  public static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (IOException taken) {
        // another, then
      }
    }
  }

  /** Waits until the log has a text; the test's own limit of time ends it, or the process's end. */
  void awaitSaid(String text) {
    while (!log().contains(text)) {
      if (!process.isAlive()) {
        throw new AssertionError("it never said '" + text + "':\n" + log());
      }
      pause(100);
    }
  }

  public void awaitReady() throws IOException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    HttpRequest ready =
        HttpRequest.newBuilder(URI.create(url + "/actuator/health/readiness")).build();
    while (System.nanoTime() < end && process.isAlive()) {
      try {
        if (PlatformFixture.client().send(ready, BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // nobody listens yet
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      pause(100);
    }
    kill();
    throw new AssertionError("the platform did not start:\n" + Files.readString(log));
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public String url() {
    return url;
  }

  /** Pushes a demo adapter under its own name, and publishes it. */
  public void publish(String adapter) {
    try (PlatformClient client = client()) {
      Path folder = PlatformFixture.DEMO.resolve("adapters/" + adapter);
      new AdapterPush(client, AdapterPush.Watcher.NONE).push(adapter, folder);
      client.post("adapters/" + adapter + "/versions/1:publish", null);
    }
  }

  /** The client that the command line has, with the first admin key. */
  PlatformClient client() {
    return new PlatformClient(URI.create(url), PlatformFixture.KEY, null);
  }

  /** A request with the first admin key. */
  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + PlatformFixture.KEY);
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return PlatformFixture.client().send(request.build(), BodyHandlers.ofString());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops it in its tracks, as a machine that is paused; its connections stand. */
  void pause() throws IOException {
    signal("STOP");
  }

  /** Lets it go on after {@link #pause}. */
  void resume() throws IOException {
    signal("CONT");
  }

  private void signal(String name) throws IOException {
    try {
      int result = new ProcessBuilder("kill", "-" + name, process.pid() + "").start().waitFor();
      if (result != 0) {
        throw new AssertionError("kill -" + name + " ended with " + result);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code kill -9}; returns when the process is gone. */
  public void kill() {
    process.destroyForcibly();
    await();
  }

  private void await() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("process " + process.pid() + " does not end");
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops it as an operator would. */
  @Override
  public void close() {
    process.destroy();
    try {
      await();
    } finally {
      process.destroyForcibly();
    }
  }

  /** What it has printed since its first start on this folder. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
