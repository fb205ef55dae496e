package dev.heddle.it;

import static dev.heddle.it.PlatformFixture.expect;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.postgres.EmbeddedPostgres;
import dev.heddle.registry.store.S3Server;
import dev.heddle.registry.store.S3Settings;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A backup of a running platform, restored where nothing is; and what the doctor says of it. */
class BackupTest {
  private static final List<String> ADAPTERS = List.of("intent", "sql", "german");
  private static final String BEGUN = "/api/v1/adapters/dates/versions/1";
  private static final Path DATES = PlatformFixture.DEMO.resolve("adapters/dates");

  @TempDir Path work;

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES) // four starts and as many commands
  void every_adapter_answers_as_before_wherever_it_is_restored() throws Exception {
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path backup = work.resolve("backup");
    Map<String, JsonNode> before;
    try (PlatformProcess platform = PlatformProcess.start(work.resolve("old"))) {
      ADAPTERS.forEach(platform::publish);
      begin(platform);
      before = answers(platform);
      assertThat(upkeep(0, "backup", backup.toString(), data("old")))
          .contains(" rows, ", " 1 files of unfinished uploads");
      assertThat(upkeep(1, "backup", backup.toString(), data("old"))).contains("something in it");
      platform.kill();
    }
    intoTheEmbeddedDatabase(backup, before);
    intoABucketAndAnotherDatabase(backup, before);
  }

  /** Leaves a version with half of its files. */
  private static void begin(PlatformProcess platform) throws IOException {
    expect(
        201,
        platform.send(
            platform.request("/api/v1/adapters/dates/versions").POST(BodyPublishers.noBody())));
    expect(
        200,
        platform.send(
            platform
                .request(BEGUN + "/files/expert_cfg.json")
                .PUT(BodyPublishers.ofFile(DATES.resolve("expert_cfg.json")))));
  }

  private void intoTheEmbeddedDatabase(Path backup, Map<String, JsonNode> before) throws Exception {
    Path broken = work.resolve("broken");
    copy(backup, broken);
    Files.writeString(broken.resolve("tables/tenant"), "\\.\n", StandardOpenOption.APPEND);
    assertThat(upkeep(1, "restore", broken.toString(), data("new"))).contains("tables/tenant");
    assertThat(upkeep(0, "restore", backup.toString(), data("new"))).contains("restored: ");
    assertThat(upkeep(1, "restore", backup.toString(), data("new"))).contains("is not empty");
    assertThat(doctor(0, data("new")).get("blobs")).startsWith("ok ").contains(" 0 missing");
    Path data = work.resolve("new");
    try (PlatformProcess platform = PlatformProcess.start(data)) {
      assertThat(answers(platform)).isEqualTo(before);
      goOn(platform);
      assertThat(doctor(0, data("new")))
          .hasEntrySatisfying("folder", said -> assertThat(said).contains("in use by process"))
          .hasEntrySatisfying("database", said -> assertThat(said).contains("as a platform runs"))
          .hasEntrySatisfying("blobs", said -> assertThat(said).startsWith("ok "));
    }
    spoil(data);
  }

  /** What was begun before the backup is completed after it. */
  private static void goOn(PlatformProcess platform) throws IOException {
    expect(
        200,
        platform.send(
            platform
                .request(BEGUN + "/files/model.safetensors")
                .PUT(BodyPublishers.ofFile(DATES.resolve("model.safetensors")))));
    JsonNode completed =
        expect(
            200,
            platform.send(platform.request(BEGUN + ":complete").POST(BodyPublishers.noBody())));
    assertThat(completed.path("state").asString()).isEqualTo("READY");
  }

  /** One blob gone, one cut short, one that nobody needs. */
  private void spoil(Path data) throws Exception {
    List<Path> blobs;
    try (Stream<Path> files = Files.walk(data.resolve("experts/experts"))) {
      blobs = files.filter(Files::isRegularFile).sorted().toList();
    }
    Path gone = blobs.getFirst();
    String name = gone.getFileName().toString();
    String other = name.substring(0, 63) + (name.endsWith("0") ? "1" : "0");
    Files.move(gone, gone.resolveSibling(other));
    Files.write(blobs.getLast(), new byte[10]);

    Map<String, String> said = doctor(1, data("new"));

    assertThat(said.get("blobs"))
        .startsWith("FAIL ")
        .contains(
            "1 missing, 1 of another size; 1 (",
            "expert " + name + " is missing",
            "expert " + blobs.getLast().getFileName() + " has 10 bytes instead of ",
            "To do: ");
    assertThat(upkeep(1, "backup", work.resolve("no").toString(), data("new")))
        .contains("2 of ", name + " is missing", "is damaged");
    assertThat(upkeep(1, "restore", work.resolve("no").toString(), data("newer")))
        .contains("it is no backup, or one that broke off");
  }

  private void intoABucketAndAnotherDatabase(Path backup, Map<String, JsonNode> before)
      throws Exception {
    try (EmbeddedPostgres server = EmbeddedPostgres.start(work.resolve("postgres"));
        S3Server buckets = S3Server.start()) {
      DatabaseSettings database = server.settings();
      S3Settings bucket = buckets.bucket(Duration.ofDays(1));
      String[] settings = {
        data("third"),
        "--heddle.database.url=" + database.url(),
        "--heddle.database.user=" + database.owner().name(),
        "--heddle.database.password=" + database.owner().password(),
        "--heddle.store.s3.endpoint=" + bucket.endpoint(),
        "--heddle.store.s3.bucket=" + bucket.bucket(),
        "--heddle.store.s3.access-key=" + bucket.accessKey(),
        "--heddle.store.s3.secret-key=" + bucket.secretKey()
      };
      assertThat(upkeep(0, with("restore", backup.toString(), settings))).contains("restored: ");
      List<String> running = new ArrayList<>(List.of(settings));
      running.removeFirst(); // which the process has itself
      try (PlatformProcess platform =
          PlatformProcess.start(work.resolve("third"), running.toArray(String[]::new))) {
        assertThat(answers(platform)).isEqualTo(before);
        assertThat(doctor(0, settings))
            .hasEntrySatisfying("store", said -> assertThat(said).contains("s3://"))
            .hasEntrySatisfying("clock", said -> assertThat(said).startsWith("ok "));
      }
      Databases.run(database, "update heddle.installation set id = gen_random_uuid()");
      assertThat(doctor(1, settings).get("store")).startsWith("FAIL ").contains("belongs to");
    }
  }

  /** Tokens and their probabilities, bit for bit. */
  private static Map<String, JsonNode> answers(PlatformProcess platform) throws IOException {
    Map<String, JsonNode> all = new TreeMap<>();
    for (String model : ADAPTERS) {
      ObjectNode body =
          PlatformFixture.chat(model, "turn on the lights in the kitchen").put("top_logprobs", 5);
      all.put(
          model,
          expect(
                  200,
                  platform.send(
                      platform
                          .request("/v1/chat/completions")
                          .header("Content-Type", "application/json")
                          .POST(BodyPublishers.ofString(body.toString()))))
              .path("choices"));
    }
    return all;
  }

  private String data(String name) {
    return "--heddle.data=" + work.resolve(name);
  }

  private static String[] with(String command, String folder, String... settings) {
    return Stream.concat(Stream.of(command, folder), Stream.of(settings)).toArray(String[]::new);
  }

  /** What the doctor says, by check. */
  private static Map<String, String> doctor(int exit, String... settings) throws Exception {
    List<String> words = new ArrayList<>(List.of("doctor"));
    words.addAll(List.of(settings));
    words.add("--heddle.model=" + PlatformFixture.DEMO.resolve("base"));
    Map<String, String> said = new TreeMap<>();
    upkeep(exit, words.toArray(String[]::new))
        .lines()
        .filter(line -> line.matches("(ok|warn|FAIL|skip) +[a-z]+ .*"))
        .forEach(line -> said.put(line.split(" +", 3)[1], line));
    assertThat(said).containsKeys("settings", "java", "folder", "disk", "model", "database");
    return said;
  }

  /** Runs a command as its user does; what it said. */
  private static String upkeep(int exit, String... words) throws Exception {
    List<String> command = PlatformProcess.program("-Xmx512m", PlatformProcess.LOG);
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isEqualTo(exit);
    return said;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
