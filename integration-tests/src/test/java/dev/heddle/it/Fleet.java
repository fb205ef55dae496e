package dev.heddle.it;

import dev.heddle.registry.db.DatabaseSettings;
import dev.heddle.registry.postgres.EmbeddedPostgres;
import dev.heddle.registry.store.S3Server;
import dev.heddle.registry.store.S3Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What replicas share: a PostgreSQL and a bucket; and the replicas, which reach each other. */
final class Fleet implements AutoCloseable {
  private final Path folder;
  private final EmbeddedPostgres database;
  private final S3Server server = S3Server.start();
  private final S3Settings bucket = server.bucket(Duration.ofDays(1));
  private final String[] more;
  private final List<PlatformProcess> replicas = new ArrayList<>();

  /**
   * @param folder in which each replica's folder has the replica's name
   * @param more settings of all replicas
   */
  Fleet(Path folder, String... more) throws IOException {
    // The database may run as another user, who has to reach its folder.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    this.folder = folder;
    this.database = EmbeddedPostgres.start(folder.resolve("postgres"));
    this.more = more;
  }

  /** Starts a replica, which may not be ready yet. */
  PlatformProcess launch(String name) throws IOException {
    DatabaseSettings settings = database.settings();
    Stream<String> own =
        Stream.of(
            "--heddle.database.url=" + settings.url(),
            "--heddle.database.user=" + settings.owner().name(),
            "--heddle.database.password=" + settings.owner().password(),
            "--heddle.store.s3.endpoint=" + bucket.endpoint(),
            "--heddle.store.s3.bucket=" + bucket.bucket(),
            "--heddle.store.s3.access-key=" + bucket.accessKey(),
            "--heddle.store.s3.secret-key=" + bucket.secretKey(),
            "--heddle.replica.name=" + name,
            "--heddle.replica.address=http://127.0.0.1:{port}",
            "--heddle.replica.beat=200ms");
    PlatformProcess replica =
        PlatformProcess.launch(
            folder.resolve(name),
            PlatformFixture.DEMO.resolve("base"),
            256,
            Stream.concat(own, Stream.of(more)).toArray(String[]::new));
    replicas.add(replica);
    return replica;
  }

  /** As the owner of the schema. */
  Connection connect() throws SQLException {
    DatabaseSettings settings = database.settings();
    return DriverManager.getConnection(
        settings.url() + "?currentSchema=heddle",
        settings.owner().name(),
        settings.owner().password());
  }

  /** Ends whatever runs still. */
  @Override
  public void close() {
    replicas.stream().filter(PlatformProcess::isAlive).forEach(PlatformProcess::kill);
    server.close();
    database.close();
  }
}
