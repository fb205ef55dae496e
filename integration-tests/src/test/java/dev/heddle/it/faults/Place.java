package dev.heddle.it.faults;

import dev.heddle.it.Databases;
import dev.heddle.it.PlatformFixture;
import dev.heddle.it.PlatformProcess;
import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.postgres.EmbeddedPostgres;
import dev.heddle.registry.store.S3Server;
import dev.heddle.registry.store.S3Settings;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import tools.jackson.databind.node.ObjectNode;

/**
 * A platform in a process of its own, and what it stands on: a PostgreSQL and an S3 server, a proxy
 * before each; a disk and a clock of its own where this machine allows it. Little fits: two
 * adapters are resident, copies of blobs are hardly kept, few requests wait; so loads go to the
 * bucket all the time, and waits are short.
 */
final class Place implements AutoCloseable {
  static final int SEQUENCES_MAX = 8;
  static final int QUEUE_LIMIT = 16;
  private static final String DATABASE = "faults";

  private final Path postgresFolder;
  private final S3Server server;
  private final BucketProxy bucket;
  private final TcpProxy database;
  private final Disk disk;
  private final ProcessClock clock;
  private final PlatformProcess platform;
  private final Client client;
  private EmbeddedPostgres postgres;

  /** Starts all of it in an empty folder. */
  Place(Path work) throws IOException {
    Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
    postgresFolder = work.resolve("postgres");
    postgres = EmbeddedPostgres.start(postgresFolder);
    Databases.create(postgres.settings(), DATABASE);
    database = new TcpProxy(postgresPort());
    server = S3Server.start();
    S3Settings settings = server.bucket(Duration.ofDays(1));
    bucket = new BucketProxy(server.endpoint().getPort());
    disk = new Disk(work.resolve("data"));
    clock = new ProcessClock(work);
    platform = launch(work, settings);
    client = new Client(platform.url());
    try {
      platform.awaitReady();
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  private PlatformProcess launch(Path work, S3Settings settings) throws IOException {
    DatabaseSettings.Role owner = postgres.settings().owner();
    return PlatformProcess.launch(
        clock.environment(),
        work.resolve("data"),
        PlatformFixture.DEMO.resolve("base"),
        384,
        "--heddle.model-name=base",
        "--heddle.database.url=" + url(database.port()),
        "--heddle.database.user=" + owner.name(),
        "--heddle.database.password=" + owner.password(),
        "--heddle.database.connect-wait=1s",
        "--heddle.database.statement-wait=2s",
        "--heddle.store.s3.endpoint=http://127.0.0.1:" + bucket.port(),
        "--heddle.store.s3.bucket=" + settings.bucket(),
        "--heddle.store.s3.access-key=" + settings.accessKey(),
        "--heddle.store.s3.secret-key=" + settings.secretKey(),
        "--heddle.store.s3.connect-wait=1s",
        "--heddle.store.s3.read-wait=2s",
        "--heddle.store.s3.cache=1MB",
        "--heddle.serving.host-cache=0",
        "--heddle.serving.load-wait=5s",
        "--heddle.serving.queue-limit=" + QUEUE_LIMIT,
        "--heddle.serving.read-wait=2s",
        "--heddle.serving.connections=12000",
        "--heddle.engine.max-sequences=" + SEQUENCES_MAX,
        "--heddle.engine.adapter-rows=2");
  }

  PlatformProcess platform() {
    return platform;
  }

  /** Who asks the platform. */
  Client client() {
    return client;
  }

  /** Between the platform and PostgreSQL. */
  TcpProxy database() {
    return database;
  }

  /** Between the platform and the bucket. */
  BucketProxy bucket() {
    return bucket;
  }

  /** Where the data folder is. */
  Disk disk() {
    return disk;
  }

  /** The platform's. */
  ProcessClock clock() {
    return clock;
  }

  /** A new connection to the platform. */
  Socket connect() throws IOException {
    URI url = URI.create(platform.url());
    return new Socket(url.getHost(), url.getPort());
  }

  /** A greedy request of one message. */
  ObjectNode chat(String model, String prompt) {
    return PlatformFixture.chat(model, prompt);
  }

  // ---- PostgreSQL

  void stopPostgres() {
    postgres.close();
  }

  /** Starts it again; it may lie at another port then, which the proxy hides. */
  void startPostgres() throws IOException {
    postgres = EmbeddedPostgres.start(postgresFolder);
    database.target(postgresPort());
  }

  /** What an operator tells the server, past the proxy. */
  void sql(String statement) {
    Databases.run(postgres.settings(), statement);
  }

  /** A connection to the platform's database, past the proxy. */
  Connection look() throws SQLException {
    DatabaseSettings.Role owner = postgres.settings().owner();
    return DriverManager.getConnection(
        url(postgresPort()) + "?currentSchema=heddle", owner.name(), owner.password());
  }

  private int postgresPort() {
    return URI.create(postgres.settings().url().substring("jdbc:".length())).getPort();
  }

  private static String url(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE;
  }

  @Override
  public void close() throws IOException {
    platform.kill();
    bucket.close();
    database.close();
    server.close();
    postgres.close();
    disk.close();
  }
}
