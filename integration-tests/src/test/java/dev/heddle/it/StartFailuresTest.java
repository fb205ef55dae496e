package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every way in which a start fails, each as a process of its own: it ends with 1, says in a few
 * lines what is wrong, where and what to do, in no framework's words, and gives no secret away.
 */
class StartFailuresTest {
  private static final int AT_ONCE = 3;
  private static final int LIMIT_SECONDS = 90;
  private static final Path BASE = PlatformFixture.DEMO.resolve("base");
  private static final String SECRET = "s3cr3t-that-nobody-may-see";

  private record Outcome(int exit, String said) {}

  @TempDir Path temp;
  private final List<StartFailure> cases = new ArrayList<>();

  /** A field, since a socket that nothing refers to any more is closed by the collector. */
  private @Nullable ServerSocket taken;

  @AfterEach
  void free() throws IOException {
    Objects.requireNonNull(taken).close();
  }

  @TestFactory
  Stream<DynamicTest> a_start_that_fails_says_why() throws IOException {
    settings();
    model();
    folder();
    port();
    database();
    try (ExecutorService starts = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<Outcome>> outcomes =
          cases.stream().map(each -> starts.submit(() -> start(each))).toList();
      return Stream.iterate(0, i -> i < cases.size(), i -> i + 1)
          .map(
              i -> dynamicTest(cases.get(i).name, () -> check(cases.get(i), outcomes.get(i).get())))
          .toList()
          .stream();
    }
  }

  private static void check(StartFailure failure, Outcome outcome) {
    assertThat(outcome.said())
        .contains("Heddle does not start:")
        .contains(failure.told)
        .doesNotContain("Exception", "org.springframework", "\tat ", SECRET)
        .hasSizeLessThan(2000);
    assertThat(outcome.exit()).isEqualTo(1);
  }

  private void settings() {
    add("bad sizes, times, numbers and switches, all at once")
        .variable("HEDDLE_MEMORY", "12Q")
        .with("--heddle.serving.load-wait=soon", "--heddle.engine.threads=many")
        .with("--heddle.serving.parse-special-tokens=jein", "--heddle.serving.max-choices=0")
        .with("--heddle.bootstrap-admin-key=" + SECRET.substring(0, 10))
        .tells("HEDDLE_MEMORY=12Q: must be a size such as")
        .tells("--heddle.serving.load-wait=soon: must be a time such as")
        .tells("--heddle.serving.parse-special-tokens=jein: must be true or false")
        .tells("--heddle.engine.threads=many: must be a whole number")
        .tells("--heddle.serving.max-choices=0: must be greater")
        .tells("--heddle.bootstrap-admin-key=(hidden): must have 32 characters");
    add("rules of several settings")
        .with("--heddle.engine.max-batch-tokens=8", "--heddle.uploads.keep=90d")
        .with("--heddle.store.s3.secret-key=" + SECRET)
        .tells("--heddle.engine.max-batch-tokens=8: must not be less than max-sequences")
        .tells("--heddle.uploads.keep=90d: must be 1m to 30d", "HEDDLE_STORE_S3_ACCESS_KEY: ");
    add("names that nobody knows")
        .variable("HEDDLE_MEMROY", "1GB")
        .variable("HEDDLE_SERVICE_HOST", "10.0.0.1") // of Kubernetes, and nobody's fault
        .variable("HEDDLE_REPO", "/srv/heddle") // of another program
        .with("--heddle.prot=1", "--backend=vector", "--verbose", "here")
        .tells("HEDDLE_MEMROY: there is no such setting; did you mean HEDDLE_MEMORY?")
        .tells("--heddle.prot: there is no such option; did you mean --heddle.port=VALUE?")
        .tells("did you mean --heddle.engine.backend=VALUE?", "--verbose: there is no such")
        .tells("here: settings are given as --heddle.NAME=VALUE");
    add("an address in place of a port")
        .variable("HEDDLE_PORT", "127.0.0.1:8081")
        .tells("HEDDLE_PORT=127.0.0.1:8081: must be the port alone, 8081");
    add("too little memory, found without the weights")
        .variable("HEDDLE_MEMORY", "70M")
        .variable("HEDDLE_BOOTSTRAP_ADMIN_KEY", SECRET + SECRET)
        .tells("HEDDLE_MEMORY=70M", "does not hold the model: the least that does is");
  }

  private void model() throws IOException {
    Path cut = copy("cut");
    try (RandomAccessFile weights =
        new RandomAccessFile(cut.resolve("model.safetensors").toFile(), "rw")) {
      weights.setLength(weights.length() - 1000);
    }
    of("a weights file that is cut short", cut).tells("model.safetensors: it is cut short");
    Path bare = copy("bare");
    Files.delete(bare.resolve("config.json"));
    Files.delete(bare.resolve("tokenizer.json"));
    of("no config.json", bare)
        .tells("config.json: there is no such file", "the folder has no tokenizer.json");
    Path other = copy("other");
    Files.writeString(
        other.resolve("config.json"),
        "{\"model_type\": \"llama\", \"architectures\": [\"LlamaForCausalLM\"]}");
    of("another family", other).tells("\"llama\" is not supported, only deepseek_v2");
    Path broken = copy("broken");
    Files.writeString(broken.resolve("chat_template.jinja"), "{% if %}");
    of("a broken chat template", broken).tells("chat_template.jinja: ");
    of("no folder", temp.resolve("absent")).tells("is not a folder of this machine");
    StartFailure none = StartFailure.of("no model").with("--heddle.data=" + temp.resolve("none"));
    cases.add(none.tells("HEDDLE_MODEL: must be given"));
  }

  private void folder() throws IOException {
    Path file = Files.createFile(temp.resolve("file"));
    in("a data folder that is a file", file).tells(file + " is a file");
    in("a data folder below a file", file.resolve("data")).tells(file + " is a file");
    Path locked =
        Files.createDirectory(
            temp.resolve("locked"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
    in("a data folder that may not be read", locked)
        .unprivileged()
        .tells("--heddle.data=" + locked, "permission denied", "give it to the user");
    PlatformFixture running = PlatformFixture.get();
    in("a second instance", running.data())
        .with("--heddle.port=" + URI.create(running.url()).getPort())
        .tells("is in use by another Heddle (process " + ProcessHandle.current().pid())
        .tells(URI.create(running.url()).getPort() + " is taken");
  }

  private void port() throws IOException {
    taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    add("a port that is taken")
        .variable("HEDDLE_PORT", taken.getLocalPort())
        .tells("HEDDLE_PORT=" + taken.getLocalPort(), "is taken: stop the program");
    if (Integer.parseInt(
            Files.readString(Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start")).strip())
        > 80) {
      add("a port that is forbidden")
          .variable("HEDDLE_PORT", 80)
          .unprivileged()
          .tells("HEDDLE_PORT=80: 80 is forbidden to this user");
    }
    add("an address of another machine")
        .with("--heddle.host=192.0.2.1")
        .tells("--heddle.host=192.0.2.1: this machine has no such address");
  }

  private void database() {
    add("a database that is not there")
        .variable("HEDDLE_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/x?password=" + SECRET)
        .variable("HEDDLE_DATABASE_PASSWORD", SECRET)
        .tells("the database postgresql://127.0.0.1:1/x cannot be used", "HEDDLE_DATABASE_URL");
    add("a database's address in another form")
        .with("--heddle.database.url=postgresql://me:" + SECRET + "@db/x?password=" + SECRET)
        .tells("--heddle.database.url=postgresql://(hidden)@db/x", "must be jdbc:postgresql://");
  }

  private StartFailure add(String name) {
    return in(name, temp.resolve("data-" + cases.size()));
  }

  private StartFailure in(String name, Path data) {
    return started(name, data, BASE);
  }

  private StartFailure of(String name, Path model) {
    return started(name, temp.resolve("data-" + cases.size()), model)
        .tells("--heddle.model=" + model);
  }

  private StartFailure started(String name, Path data, Path model) {
    StartFailure failure =
        StartFailure.of(name).with("--heddle.data=" + data, "--heddle.model=" + model);
    cases.add(failure);
    return failure;
  }

  private Path copy(String name) throws IOException {
    Path folder = Files.createDirectory(temp.resolve(name));
    try (Stream<Path> files = Files.list(BASE)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
    return folder;
  }

  private static Outcome start(StartFailure failure) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (failure.unprivileged && System.getProperty("user.name").equals("root")) {
      command.addAll(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"));
    }
    command.addAll(
        PlatformProcess.program(
            "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", PlatformProcess.LOG));
    command.add("serve");
    if (failure.words.stream().noneMatch(word -> word.startsWith("--heddle.port"))
        && !failure.environment.containsKey("HEDDLE_PORT")) {
      command.add("--heddle.port=0");
    }
    command.addAll(failure.words);
    Path output = Files.createTempFile("start", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().putAll(failure.environment);
    Process process = builder.start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) { // it has started, or hangs
      process.destroyForcibly().waitFor();
    }
    String said = Files.readString(output);
    Files.delete(output);
    return new Outcome(process.exitValue(), said.replaceFirst("WARNING: Using incubator.*\\R", ""));
  }
}
